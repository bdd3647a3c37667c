package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a member is in a {@link Topology#HUB_AND_SPOKE} VPN. The JSON names are durable. */
public enum Role {
  /** Reaches every member. */
  @JsonProperty("hub")
  HUB,
  /** Reaches hubs; in a full mesh every member is a spoke and reaches all. */
  @JsonProperty("spoke")
  SPOKE
}
