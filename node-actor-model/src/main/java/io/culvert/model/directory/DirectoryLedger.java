package io.culvert.model.directory;

import io.culvert.model.directory.DirectoryProtocol.Changed;
import io.culvert.model.directory.DirectoryProtocol.CurrentState;
import io.culvert.model.directory.DirectoryProtocol.OperatorAccount;
import io.culvert.model.directory.DirectoryProtocol.Reason;
import io.culvert.model.directory.DirectoryProtocol.Rejected;
import io.culvert.model.directory.DirectoryProtocol.Reply;
import io.culvert.model.identity.Name;
import io.culvert.model.journal.CborSerializable;
import io.culvert.model.journal.Decision;
import io.culvert.model.journal.RecentRequests;
import java.time.Instant;
import java.util.Collections;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The journalled state of the directory. Immutable; {@link #decide} and {@link #apply} are pure.
 *
 * @param operators by user name
 * @param organizations names
 * @param revision number of events
 * @param requests the last accepted changes
 */
public record DirectoryLedger(
    SortedMap<String, OperatorAccount> operators,
    SortedSet<String> organizations,
    long revision,
    RecentRequests requests)
    implements CborSerializable {

  /** Before the first event. */
  public static final DirectoryLedger EMPTY =
      new DirectoryLedger(new TreeMap<>(), new TreeSet<>(), 0, RecentRequests.NONE);

  /** Copies the collections. */
  public DirectoryLedger {
    operators = Collections.unmodifiableSortedMap(new TreeMap<>(operators));
    organizations = Collections.unmodifiableSortedSet(new TreeSet<>(organizations));
  }

  /** The directory as operators see it. */
  public Reply read() {
    return new CurrentState(operators, organizations, revision);
  }

  /** What a change makes of this state at a time. */
  public Decision<DirectoryEvent, Reply> decide(DirectoryProtocol.Change command, Instant now) {
    OptionalLong earlier = requests.revisionOf(command.requestId());
    if (earlier.isPresent()) {
      return Decision.answer(new Changed(earlier.getAsLong()));
    }
    return switch (command) {
      case DirectoryProtocol.Initialize c ->
          operators.isEmpty()
              ? accept(
                  new DirectoryEvent.OperatorSet(
                      c.requestId(), c.userName(), c.verifier(), true, now))
              : reject(Reason.INITIALIZED, "there is an operator already");
      case DirectoryProtocol.SetOperator c ->
          new OperatorAccount(c.verifier(), false).equals(operators.get(c.userName()))
              ? unchanged()
              : accept(
                  new DirectoryEvent.OperatorSet(
                      c.requestId(), c.userName(), c.verifier(), false, now));
      case DirectoryProtocol.RemoveOperator c -> removeOperator(c, now);
      case DirectoryProtocol.RegisterOrganization c -> registerOrganization(c, now);
    };
  }

  private Decision<DirectoryEvent, Reply> removeOperator(
      DirectoryProtocol.RemoveOperator command, Instant now) {
    if (!operators.containsKey(command.userName())) {
      return unchanged();
    }
    return operators.size() == 1
        ? reject(Reason.LAST_OPERATOR, "the last operator cannot be removed")
        : accept(new DirectoryEvent.OperatorRemoved(command.requestId(), command.userName(), now));
  }

  private Decision<DirectoryEvent, Reply> registerOrganization(
      DirectoryProtocol.RegisterOrganization command, Instant now) {
    if (!Name.isValid(command.name())) {
      return reject(Reason.INVALID, "'%s' is not a name".formatted(command.name()));
    }
    return organizations.contains(command.name())
        ? unchanged()
        : accept(
            new DirectoryEvent.OrganizationRegistered(command.requestId(), command.name(), now));
  }

  /** The state after an event. */
  public DirectoryLedger apply(DirectoryEvent event) {
    SortedMap<String, OperatorAccount> changedOperators = new TreeMap<>(operators);
    SortedSet<String> changedOrganizations = new TreeSet<>(organizations);
    switch (event) {
      case DirectoryEvent.OperatorSet e ->
          changedOperators.put(e.userName(), new OperatorAccount(e.verifier(), e.oneTime()));
      case DirectoryEvent.OperatorRemoved e -> changedOperators.remove(e.userName());
      case DirectoryEvent.OrganizationRegistered e -> changedOrganizations.add(e.name());
    }
    return new DirectoryLedger(
        changedOperators,
        changedOrganizations,
        revision + 1,
        requests.with(event.requestId(), revision + 1));
  }

  private Decision<DirectoryEvent, Reply> accept(DirectoryEvent event) {
    return Decision.accept(event, new Changed(revision + 1));
  }

  private Decision<DirectoryEvent, Reply> unchanged() {
    return Decision.answer(new Changed(revision));
  }

  private static Decision<DirectoryEvent, Reply> reject(Reason reason, String message) {
    return Decision.answer(new Rejected(reason, message));
  }
}
