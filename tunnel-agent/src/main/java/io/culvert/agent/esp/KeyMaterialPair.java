package io.culvert.agent.esp;

/**
 * Keying material of both directions between two nodes. Whoever has it closes it.
 *
 * @param outbound for the packets sent
 * @param inbound for the packets received
 */
public record KeyMaterialPair(KeyMaterial outbound, KeyMaterial inbound) implements AutoCloseable {
  /** Zeroes both. */
  @Override
  public void close() {
    outbound.close();
    inbound.close();
  }
}
