package io.culvert.server.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import org.junit.jupiter.api.Test;

class StartFailureTest {
  @Test
  void addsTheFirstCauseWhenTheMessageHidesIt() {
    Exception failure =
        new UncheckedIOException(
            "cannot listen at :443: failed", new IOException("failed", denied()));

    assertThat(StartFailure.sentence(failure))
        .isEqualTo("cannot listen at :443: failed: Permission denied");
    assertThat(StartFailure.advice(failure))
        .hasValueSatisfying(a -> assertThat(a).contains("--agent-port"));
  }

  @Test
  void showsNoClassNames() {
    assertThat(StartFailure.sentence(new UncheckedIOException(denied())))
        .isEqualTo("Permission denied");
  }

  @Test
  void advisesOnAPortThatIsTaken() {
    Exception failure = new IOException("no", new BindException("Address already in use"));

    assertThat(StartFailure.advice(failure))
        .hasValueSatisfying(a -> assertThat(a).contains("--health-port"));
    assertThat(StartFailure.advice(new IOException("disk full"))).isEmpty();
  }

  private static BindException denied() {
    return new BindException("Permission denied");
  }
}
