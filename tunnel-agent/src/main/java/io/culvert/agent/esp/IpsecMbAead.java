package io.culvert.agent.esp;

/**
 * AES-GCM of intel-ipsec-mb through the Foreign Function and Memory API: it expands a key once for
 * each association instead of once for each packet, and allocates nothing.
 */
public final class IpsecMbAead implements AeadProvider {
  private final String description;
  private final IpsecMbStaging staging = new IpsecMbStaging();

  private IpsecMbAead(String description) {
    this.description = description;
  }

  /**
   * Finds the library and tests it.
   *
   * @throws AeadUnavailableException if it is not installed, or gives a wrong answer
   */
  public static AeadProvider load() throws AeadUnavailableException {
    AeadProvider provider = new IpsecMbAead(IpsecMbFunctions.find().description());
    AeadSelfTest.check(provider);
    return provider;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public AeadTransform create(EspTransform transform, KeyMaterial keyMaterial) {
    return new IpsecMbAeadTransform(AeadProvider.checkedCopy(transform, keyMaterial), staging);
  }
}
