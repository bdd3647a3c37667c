package io.culvert.agent.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.protocol.v1.Attributes;
import io.culvert.protocol.v1.Pulled;
import io.culvert.protocol.v1.ServerFrame;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The bytes of pulling, which agents and servers of other versions speak. */
class PullWireTest {
  private static final HexFormat HEX = HexFormat.of();

  @Test
  void theQuestionAndTheAnswerAreTwoBytes() {
    assertThat(HEX.formatHex(AgentFrames.pull().toByteArray())).isEqualTo("3a00");
    assertThat(
            HEX.formatHex(
                ServerFrame.newBuilder()
                    .setPulled(Pulled.getDefaultInstance())
                    .build()
                    .toByteArray()))
        .isEqualTo("4a00");
  }

  @Test
  void anAgentThatWantsChangesPushedSaysNothingOfIt() throws InvalidProtocolBufferException {
    assertThat(Attributes.getDefaultInstance().getPullIntervalMs()).isZero();
    assertThat(HEX.formatHex(Attributes.newBuilder().setPullIntervalMs(0).build().toByteArray()))
        .isEmpty();
    assertThat(Attributes.parseFrom(HEX.parseHex("30e807")).getPullIntervalMs()).isEqualTo(1_000);
  }
}
