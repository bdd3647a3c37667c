package io.culvert.model.vpn;

import com.fasterxml.jackson.annotation.JsonProperty;

/** Which members of a VPN may see and reach each other. The JSON names are durable. */
public enum Topology {
  /** Everyone reaches everyone. */
  @JsonProperty("full-mesh")
  FULL_MESH,
  /** Hubs reach everyone; a spoke reaches hubs only. */
  @JsonProperty("hub-and-spoke")
  HUB_AND_SPOKE
}
