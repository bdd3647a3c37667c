package io.culvert.model.organization;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.culvert.model.journal.CborSerializable;
import java.time.Instant;

/**
 * What happened to an organization. A change of this file is a change of a durable schema: add,
 * never rename; every event has a golden file. Each event adds one to the revision.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
@JsonSubTypes({
  @JsonSubTypes.Type(
      value = OrganizationEvent.OrganizationCreated.class,
      name = "organization-created"),
  @JsonSubTypes.Type(value = OrganizationEvent.VpnRegistered.class, name = "vpn-registered"),
  @JsonSubTypes.Type(value = OrganizationEvent.VpnUnregistered.class, name = "vpn-unregistered"),
  @JsonSubTypes.Type(value = OrganizationEvent.NodeRegistered.class, name = "node-registered"),
  @JsonSubTypes.Type(value = OrganizationEvent.NodeUnregistered.class, name = "node-unregistered"),
  @JsonSubTypes.Type(value = OrganizationEvent.AdministratorSet.class, name = "administrator-set"),
  @JsonSubTypes.Type(
      value = OrganizationEvent.AdministratorRemoved.class,
      name = "administrator-removed")
})
public sealed interface OrganizationEvent extends CborSerializable {
  /** The caller's request. */
  String requestId();

  /** When the command was accepted, by the clock of the server that hosted the entity. */
  Instant at();

  /** The organization exists. */
  record OrganizationCreated(String requestId, String displayName, Instant at)
      implements OrganizationEvent {}

  /** A VPN's name and pools are reserved. */
  record VpnRegistered(
      String requestId, String vpnName, String ipv4Pool, String ipv6Pool, Instant at)
      implements OrganizationEvent {}

  /** A VPN left the index; its pools are free. */
  record VpnUnregistered(String requestId, String vpnName, Instant at)
      implements OrganizationEvent {}

  /** A node is in the index. */
  record NodeRegistered(String requestId, String nodeName, Instant at)
      implements OrganizationEvent {}

  /** A node left the index. */
  record NodeUnregistered(String requestId, String nodeName, Instant at)
      implements OrganizationEvent {}

  /**
   * An administrator of this organization.
   *
   * @param verifier Argon2id in PHC string format
   */
  record AdministratorSet(String requestId, String userName, String verifier, Instant at)
      implements OrganizationEvent {
    /** Never shows the verifier. */
    @Override
    public String toString() {
      return "AdministratorSet[userName=%s, at=%s]".formatted(userName, at);
    }
  }

  /** No administrator any more. */
  record AdministratorRemoved(String requestId, String userName, Instant at)
      implements OrganizationEvent {}
}
