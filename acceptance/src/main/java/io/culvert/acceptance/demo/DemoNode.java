package io.culvert.acceptance.demo;

import java.util.Locale;

/** The three nodes of the demonstration; each is named for its host in the laboratory. */
public enum DemoNode {
  /** A host with a public address. */
  PUB("a public host", "198.18.5.2", "198.18.5.2"),
  /** Shares an address with others; only what it asks for gets in. */
  P1("behind a PAT", "10.12.0.2", "198.18.12.2"),
  /** Has an outer address of its own on another NAT. */
  N1("behind a 1:1 NAT", "10.11.0.2", "198.18.11.2");

  private final String place;
  private final String ownAddress;
  private final String outerAddress;

  DemoNode(String place, String ownAddress, String outerAddress) {
    this.place = place;
    this.ownAddress = ownAddress;
    this.outerAddress = outerAddress;
  }

  /** Host in the laboratory, and name of the node in its organization. */
  public String host() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its identity, {@code organization/name}. */
  public String nodeId() {
    return DemoWorld.ORGANIZATION + "/" + host();
  }

  /** Where it is, for a person. */
  public String place() {
    return place;
  }

  /** The address of its own interface. */
  public String ownAddress() {
    return ownAddress;
  }

  /** The address that the Internet sees. */
  public String outerAddress() {
    return outerAddress;
  }
}
