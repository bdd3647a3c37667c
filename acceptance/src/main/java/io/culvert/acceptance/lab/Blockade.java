package io.culvert.acceptance.lab;

import java.util.List;

/** A box that lets something pass no more, silently, until this is closed. */
public final class Blockade implements AutoCloseable {
  private static final String TABLE = "blockade";

  private final LabHost box;

  private Blockade(LabHost box) {
    this.box = box;
  }

  /**
   * Begins to drop what a box forwards.
   *
   * @param matches in the words of nftables, for example {@code tcp dport 443}: what fits any of
   *     them is dropped
   */
  public static Blockade of(LabHost box, String... matches) {
    String rules =
        """
        table inet %s {
          chain forward { type filter hook forward priority filter; %s }
        }
        """
            .formatted(TABLE, String.join(" drop; ", matches) + " drop;");
    box.run(List.of("nft", "-f", "-"), rules).orFail();
    return new Blockade(box);
  }

  @Override
  public void close() {
    box.run("nft", "delete", "table", "inet", TABLE).orFail();
  }
}
