package io.culvert.server.session;

import io.culvert.model.identity.NodeId;
import io.culvert.model.node.NodeProtocol;
import io.culvert.server.admission.ClaimPace;
import io.culvert.server.admission.LogonSlots;
import io.culvert.server.authentication.NodeAuthenticator;
import io.culvert.server.authentication.ResumptionTickets;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.pki.MasterKey;
import java.time.InstantSource;
import java.util.function.Function;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.RecipientRef;

/**
 * What all sessions of a server share.
 *
 * @param serverName of the server
 * @param serverVersion of the program
 * @param authenticator decides logons
 * @param masterKey of the pair secrets
 * @param nodes how to reach a Node entity
 * @param router of this server
 * @param clock of logon times
 * @param slots for logons, so many a second
 * @param claims of agents that are linked already, so many a second
 * @param logons counts
 * @param tickets with which agents come back
 */
public record SessionEnvironment(
    String serverName,
    String serverVersion,
    NodeAuthenticator authenticator,
    MasterKey masterKey,
    Function<NodeId, RecipientRef<NodeProtocol.Command>> nodes,
    ActorRef<FeedRouter.Message> router,
    InstantSource clock,
    LogonSlots slots,
    ClaimPace claims,
    LogonCounters logons,
    ResumptionTickets tickets) {}
