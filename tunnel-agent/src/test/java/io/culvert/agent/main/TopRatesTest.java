package io.culvert.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TopRatesTest {
  private static JsonNode status(int p1, int p2, int batches, int replayed) {
    try {
      return new ObjectMapper()
          .readTree(
              """
              {"node": "acme/own", "state": "linked", "server": "s:443",
               "vpns": [{"vpn": "acme/v", "peers": [
                 {"node": "acme/p1", "outboundBytes": %1$d, "outboundPackets": 0, "inboundBytes": 0,
                  "inboundPackets": 0, "keysMillisAgo": 5000, "lastSeenMillisAgo": -1},
                 {"node": "acme/p2", "outboundBytes": 0, "outboundPackets": 0, "inboundBytes": %2$d,
                  "inboundPackets": %3$d, "endpoint": "198.18.0.2:4500"}]}],
               "engine": {"outbound": {"bytes": %1$d, "packets": 0, "datagrams": 0, "batches": 0},
                          "inbound": {"bytes": %2$d, "packets": 0, "datagrams": %4$d, "batches": %3$d},
                          "drops": {"REPLAYED": %5$d, "TRUNCATED": 9}}}
              """
                  .formatted(p1, p2, batches, 12 * batches, replayed));
    } catch (JsonProcessingException impossible) {
      throw new AssertionError(impossible);
    }
  }

  @Test
  void showsTheBusiestPeerFirst() {
    TopRates rates = TopRates.between(status(100, 1000, 10, 1), status(300, 5000, 30, 7), 2);

    assertThat(rates.peers()).extracting(TopRates.Peer::node).containsExactly("acme/p2", "acme/p1");
    assertThat(rates.peers().get(0).inboundBytes()).isEqualTo(2000);
    assertThat(rates.peers().get(0).inboundPackets()).isEqualTo(10);
    assertThat(rates.peers().get(1).outboundBytes()).isEqualTo(100);
    assertThat(rates.outbound()).isEqualTo(new TopRates.Direction(100, 0, 0));
    assertThat(rates.inbound()).isEqualTo(new TopRates.Direction(2000, 0, 12));
    assertThat(rates.drops()).containsExactly(Map.entry("REPLAYED", 3.0));
    assertThat(TopText.lines(rates))
        .contains("dropped 3 packets/s: REPLAYED 3")
        .anySatisfy(line -> assertThat(line).contains("acme/p2", "2.0 kB/s", "198.18.0.2:4500"));
  }

  @Test
  void countsFromZeroAfterARestartOfTheAgent() {
    TopRates rates = TopRates.between(status(5000, 0, 0, 50), status(70, 0, 0, 3), 1);

    assertThat(rates.peers().get(0).outboundBytes()).isEqualTo(70);
    assertThat(rates.droppedPackets()).isEqualTo(3);
  }

  @Test
  void aPeerThatWasNotThereBeforeHasNoRateYet() throws JsonProcessingException {
    TopRates rates = TopRates.between(new ObjectMapper().readTree("{}"), status(9, 9, 0, 0), 1);

    assertThat(rates.peers()).hasSize(2).allSatisfy(p -> assertThat(p.bytes()).isZero());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B/s",
    "999, 999 B/s",
    "999.6, 1.0 kB/s",
    "1500, 1.5 kB/s",
    "123456, 123 kB/s",
    "2500000000, 2.5 GB/s",
    "2.5e16, 25000 TB/s"
  })
  void writesRatesWithAFewDigits(double bytes, String text) {
    assertThat(TopText.bytes(bytes)).isEqualTo(text);
  }
}
