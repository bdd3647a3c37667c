package io.culvert.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProcessUseTest {
  private static final long PID = ProcessHandle.current().pid();

  @Test
  void processorTimeGrowsWithWork() {
    Duration before = ProcessUse.processorTime(PID);
    long deadlineNanos = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (ProcessUse.processorTime(PID).minus(before).toMillis() < 50) {
      assertThat(System.nanoTime()).isLessThan(deadlineNanos);
    }
  }

  @Test
  void residentMemoryIsThatOfAJvm() {
    assertThat(ProcessUse.residentMib(PID)).isBetween(20.0, 20_000.0);
  }

  @Test
  void saysThatAProcessHasEnded() throws Exception {
    Process ended = new ProcessBuilder("true").start();
    var _ = ended.waitFor();

    assertThatThrownBy(() -> ProcessUse.processorTime(ended.pid()))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("does not run");
    assertThatThrownBy(() -> ProcessUse.residentMib(ended.pid()))
        .isInstanceOf(LabException.class)
        .hasMessageContaining("does not run");
  }
}
