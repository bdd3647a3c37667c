package io.culvert.agent.esp;

/**
 * Which implementation of the ciphers was chosen at start, and why not the faster one.
 *
 * @param outbound for the outbound worker's associations
 * @param inbound for the inbound worker's associations
 * @param description for people
 */
public record AeadChoice(AeadProvider outbound, AeadProvider inbound, String description) {
  /**
   * For AES-GCM intel-ipsec-mb, where it is installed and passes its self-test, otherwise the JDK.
   * For all else the JDK.
   */
  public static AeadChoice fastest() {
    try {
      AeadProvider outbound = new AcceleratedAead(IpsecMbAead.load(), new JdkAead());
      AeadProvider inbound = new AcceleratedAead(IpsecMbAead.load(), new JdkAead());
      return new AeadChoice(outbound, inbound, outbound.description());
    } catch (AeadUnavailableException refused) {
      AeadProvider provider = new JdkAead();
      return new AeadChoice(
          provider,
          provider,
          "%s (intel-ipsec-mb: %s)".formatted(provider.description(), refused.getMessage()));
    }
  }

  /** The JDK's own. */
  public static AeadChoice jdk() {
    AeadProvider provider = new JdkAead();
    return new AeadChoice(provider, provider, provider.description());
  }
}
