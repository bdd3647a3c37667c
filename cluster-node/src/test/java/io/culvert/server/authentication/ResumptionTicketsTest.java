package io.culvert.server.authentication;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.server.pki.ClusterKeys;
import io.culvert.server.pki.HkdfMasterKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumptionTicketsTest {
  private static final NodeId NODE = NodeId.parse("acme/alpha");
  private static final NodeId OTHER = NodeId.parse("acme/beta");
  private static final Duration LIFETIME = Duration.ofMinutes(5);
  private static final Instant NOW = Instant.parse("2026-11-25T06:58:00Z");
  private static final byte[] KEY =
      "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final ResumptionTickets tickets = server(KEY);

  private static ResumptionTickets server(byte[] masterKey) {
    return new ResumptionTickets(new HkdfMasterKey(masterKey), new SecureRandom(), LIFETIME);
  }

  private static ResumptionTicket ticket(@Nullable X509Certificate certificate) {
    return new ResumptionTicket(
        NODE,
        ResumptionTickets.fingerprint(certificate),
        "line",
        NOW.minusSeconds(3),
        Set.of(VpnId.parse("acme/office"), VpnId.parse("acme/lab")),
        NOW.plus(LIFETIME));
  }

  private byte[] sealed() {
    return tickets.seal(ticket(null), NOW).orElseThrow();
  }

  @Test
  void everyServerOfTheClusterOpensIt() {
    assertThat(server(KEY).open(sealed(), NODE, null, NOW.plusSeconds(60))).contains(ticket(null));
  }

  @Test
  void itMayBeUsedAgainUntilItEnds() {
    byte[] bytes = sealed();

    assertThat(tickets.open(bytes, NODE, null, NOW)).isPresent();
    assertThat(tickets.open(bytes, NODE, null, NOW.plus(LIFETIME).minusMillis(1)))
        .as("in the next hour, under the key of the last one")
        .isPresent();
    assertThat(tickets.open(bytes, NODE, null, NOW.plus(LIFETIME))).isEmpty();
    assertThat(tickets.open(bytes, NODE, null, NOW.plus(Duration.ofDays(1)))).isEmpty();
  }

  @Test
  void theClockOfTheServerThatMadeItMayBeAMinuteAhead() {
    byte[] bytes = sealed();

    assertThat(tickets.open(bytes, NODE, null, NOW.minusSeconds(60))).isPresent();
    assertThat(tickets.open(bytes, NODE, null, NOW.minusSeconds(61))).isEmpty();
  }

  @Test
  void aChangeOfAnyBitMakesItWorthless() {
    byte[] bytes = sealed();
    for (int bit = 0; bit < bytes.length * Byte.SIZE; bit++) {
      byte[] altered = bytes.clone();
      altered[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);

      assertThat(tickets.open(altered, NODE, null, NOW)).as("bit %d", bit).isEmpty();
    }
  }

  @Test
  void aPartOfItOrMoreThanItIsWorthless() {
    byte[] bytes = sealed();
    for (int length = 0; length < bytes.length; length++) {
      assertThat(tickets.open(Arrays.copyOf(bytes, length), NODE, null, NOW)).isEmpty();
    }
    assertThat(tickets.open(Arrays.copyOf(bytes, bytes.length + 1), NODE, null, NOW)).isEmpty();
    assertThat(tickets.open(Arrays.copyOf(bytes, 1 << 20), NODE, null, NOW)).isEmpty();
  }

  @Test
  void itIsOfNoUseToAnotherNode() {
    assertThat(tickets.open(sealed(), OTHER, null, NOW)).isEmpty();
  }

  @Test
  void itIsOfNoUseInAnotherCluster() {
    byte[] otherKey = KEY.clone();
    otherKey[31] ^= 1;

    assertThat(server(otherKey).open(sealed(), NODE, null, NOW)).isEmpty();
  }

  @Test
  void onlyWhoShowsTheCertificateAgainMayUseIt(@TempDir Path directory)
      throws NoSuchAlgorithmException {
    ClusterKeys keys =
        ClusterKeys.open(
            directory.resolve("keys"),
            "srv",
            List.of("srv"),
            new SecureRandom(),
            InstantSource.system());
    KeyPairGenerator pairs = KeyPairGenerator.getInstance("EC");
    X509Certificate own = keys.authority().issueNode(pairs.generateKeyPair().getPublic(), NODE);
    X509Certificate newer = keys.authority().issueNode(pairs.generateKeyPair().getPublic(), NODE);
    byte[] bytes = tickets.seal(ticket(own), NOW).orElseThrow();

    assertThat(tickets.open(bytes, NODE, own, NOW)).contains(ticket(own));
    assertThat(tickets.open(bytes, NODE, newer, NOW)).isEmpty();
    assertThat(tickets.open(bytes, NODE, null, NOW)).isEmpty();
    assertThat(tickets.open(sealed(), NODE, own, NOW)).as("of an agent that showed none").isEmpty();
  }

  @Test
  void noTwoAreAlike() {
    Set<List<Byte>> seen = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      byte[] bytes = sealed();
      assertThat(seen.add(IntStream.range(0, bytes.length).mapToObj(j -> bytes[j]).toList()))
          .isTrue();
    }
  }

  @Test
  void aNodeInTooManyVpnsGetsNone() {
    Set<VpnId> many =
        IntStream.range(0, 1_000)
            .mapToObj(i -> VpnId.parse("acme/network" + i))
            .collect(Collectors.toSet());

    assertThat(
            tickets.seal(
                new ResumptionTicket(NODE, "", "line", NOW, many, NOW.plus(LIFETIME)), NOW))
        .isEmpty();
  }
}
