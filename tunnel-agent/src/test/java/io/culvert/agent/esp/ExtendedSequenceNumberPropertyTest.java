package io.culvert.agent.esp;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** RFC 4303, appendix A2.2. */
class ExtendedSequenceNumberPropertyTest {
  private static final int WINDOW = AntiReplayWindow.SIZE;

  @Property
  void recoversWhatIsInsideTheWindow(
      @ForAll @LongRange(min = 1, max = Long.MAX_VALUE) long highest,
      @ForAll @IntRange(max = WINDOW - 1) int behind) {
    long sent = Math.max(1, highest - behind);
    assertThat(ExtendedSequenceNumber.recover(highest, (int) sent, WINDOW)).isEqualTo(sent);
  }

  @Property
  void recoversWhatIsNotTooFarAhead(
      @ForAll @LongRange(min = 0, max = Long.MAX_VALUE - 0xFFFF_FFFFL) long highest,
      @ForAll @LongRange(min = 1, max = 0xFFFF_FFFFL - WINDOW) long ahead) {
    long sent = highest + ahead;
    assertThat(ExtendedSequenceNumber.recover(highest, (int) sent, WINDOW)).isEqualTo(sent);
  }

  @Property
  void recoversAroundTheWrapOfTheLowerHalf(
      @ForAll @IntRange(min = 0, max = 1000) int upper,
      @ForAll @IntRange(min = -3 * WINDOW, max = 3 * WINDOW) int offset,
      @ForAll @IntRange(min = -WINDOW + 1, max = WINDOW) int step) {
    long highest = (((long) upper + 1) << 32) + offset;
    long sent = highest + step;
    assertThat(ExtendedSequenceNumber.recover(highest, (int) sent, WINDOW)).isEqualTo(sent);
  }

  @Test
  void neverTakesANumberFromBeforeTheFirst() {
    assertThat(ExtendedSequenceNumber.recover(5, -3, WINDOW)).isZero();
  }
}
