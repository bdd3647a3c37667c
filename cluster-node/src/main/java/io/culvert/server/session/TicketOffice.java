package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.authentication.ResumptionTicket;
import io.culvert.server.authentication.ResumptionTickets;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Takes the ticket that an agent comes with, and gives it new ones while its node is surely its
 * own. Owned by the session's actor.
 */
final class TicketOffice {
  private final SessionEnvironment environment;
  private final Connection connection;
  private final AgentStream stream;
  private Set<VpnId> memberships = Set.of();
  private Instant renewAt = Instant.MIN;

  TicketOffice(SessionEnvironment environment, Connection connection, AgentStream stream) {
    this.environment = environment;
    this.connection = connection;
    this.stream = stream;
  }

  /** What a good ticket says; empty if it decides nothing. */
  Optional<ResumptionTicket> take(ByteString ticket, NodeId claimed) {
    return ticket.isEmpty()
        ? Optional.empty()
        : environment
            .tickets()
            .open(
                ticket.toByteArray(),
                claimed,
                connection.certificate(),
                environment.clock().instant());
  }

  /**
   * Gives a new ticket when the last one is half over, or the node is in other VPNs now; none while
   * it is not known whether the session owns the node, and later if the agent is slow to read.
   */
  void renew(NodeId node, NodeOwnership ownership) {
    Set<VpnId> current = ownership.memberships();
    Instant now = environment.clock().instant();
    if (!ownership.isOwned()
        || !stream.isReady()
        || (now.isBefore(renewAt) && current.equals(memberships))) {
      return;
    }
    ResumptionTickets tickets = environment.tickets();
    renewAt = now.plus(tickets.lifetime().dividedBy(2));
    memberships = Set.copyOf(current);
    tickets
        .seal(
            new ResumptionTicket(
                node,
                ResumptionTickets.fingerprint(connection.certificate()),
                Lineage.of(ownership.sessionId()),
                ownership.logonAt(),
                memberships,
                now.plus(tickets.lifetime())),
            now)
        .ifPresent(bytes -> stream.send(Frames.ticket(bytes)));
  }
}
