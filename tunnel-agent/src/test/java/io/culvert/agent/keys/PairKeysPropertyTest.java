package io.culvert.agent.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.agent.esp.EspTransform;
import io.culvert.agent.esp.KeyMaterialPair;
import io.culvert.agent.keys.PairKeys.Side;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Both sides of a pair derive the same; whatever differs in the input differs in the output. */
class PairKeysPropertyTest {
  /** All that goes into a derivation. */
  @SuppressWarnings("ArrayRecordComponent") // Never compared.
  record Input(
      String vpn,
      int epoch,
      EspTransform transform,
      Side own,
      Side peer,
      byte[] agreement,
      byte[] secret) {
    PairKeys pair() {
      return PairKeys.of(vpn, epoch, transform, own, peer, secret);
    }

    KeyMaterialPair derive() {
      return pair().derive(agreement, secret);
    }

    Input fromTheOtherSide() {
      return new Input(vpn, epoch, transform, /* own= */ peer, /* peer= */ own, agreement, secret);
    }
  }

  @Property(tries = 200)
  void whatOneSideSendsIsWhatTheOtherReceives(@ForAll("inputs") Input input) {
    PairKeys own = input.pair();
    PairKeys peer = input.fromTheOtherSide().pair();
    assertThat(peer.identity()).isEqualTo(own.identity());
    assertThat(peer.inboundSpiInt()).isEqualTo(own.outboundSpiInt());
    assertThat(peer.outboundSpiInt()).isEqualTo(own.inboundSpiInt());
    KeyMaterialPair ownKeys = input.derive();
    KeyMaterialPair peerKeys = input.fromTheOtherSide().derive();
    assertThat(peerKeys.inbound().copy()).isEqualTo(ownKeys.outbound().copy());
    assertThat(peerKeys.outbound().copy()).isEqualTo(ownKeys.inbound().copy());
    assertThat(ownKeys.outbound().copy()).isNotEqualTo(ownKeys.inbound().copy());
  }

  @Property(tries = 300)
  void everyInputChangesIdentityAndKeys(
      @ForAll("inputs") Input input, @ForAll("changes") int changed) {
    Input other = change(input, changed);
    assertThat(other.pair().identity()).isNotEqualTo(input.pair().identity());
    KeyMaterialPair before = input.derive();
    KeyMaterialPair after = other.derive();
    assertThat(after.outbound().copy()).isNotEqualTo(before.outbound().copy());
    assertThat(after.inbound().copy()).isNotEqualTo(before.inbound().copy());
  }

  @Property(tries = 100)
  void theAgreementChangesTheKeys(@ForAll("inputs") Input input) {
    byte[] other = input.agreement.clone();
    other[31] ^= 1;
    Input changed =
        new Input(
            input.vpn, input.epoch, input.transform, input.own, input.peer, other, input.secret);
    assertThat(changed.derive().outbound().copy()).isNotEqualTo(input.derive().outbound().copy());
  }

  private static Input change(Input in, int what) {
    Side own = in.own;
    byte[] key = own.publicKey().clone();
    key[0] ^= 1;
    byte[] secret = in.secret.clone();
    secret[0] ^= 1;
    Side otherKey = new Side(own.nodeId(), own.index(), own.admittedRevision(), key, own.spiTag());
    Side readmitted =
        new Side(
            own.nodeId(), own.index(), own.admittedRevision() + 1, own.publicKey(), own.spiTag());
    Side otherTag =
        new Side(
            own.nodeId(),
            own.index(),
            own.admittedRevision(),
            own.publicKey(),
            own.spiTag() % 127 + 1);
    Side otherName =
        new Side(
            own.nodeId() + "x", own.index(), own.admittedRevision(), own.publicKey(), own.spiTag());
    return switch (what) {
      case 0 ->
          new Input(in.vpn + "x", in.epoch, in.transform, own, in.peer, in.agreement, in.secret);
      case 1 ->
          new Input(in.vpn, in.epoch + 16, in.transform, own, in.peer, in.agreement, in.secret);
      case 2 -> with(in, otherKey, in.secret);
      case 3 -> with(in, readmitted, in.secret);
      case 4 -> with(in, otherTag, in.secret);
      case 5 -> with(in, otherName, in.secret);
      default -> with(in, own, secret);
    };
  }

  private static Input with(Input in, Side own, byte[] secret) {
    return new Input(in.vpn, in.epoch, in.transform, own, in.peer, in.agreement, secret);
  }

  @Provide
  Arbitrary<Integer> changes() {
    return Arbitraries.integers().between(0, 6);
  }

  @Provide
  Arbitrary<Input> inputs() {
    return Combinators.combine(
            Arbitraries.of("acme/office", "acme/lab"),
            Arbitraries.integers().between(1, 1000),
            Arbitraries.of(EspTransform.class),
            sides("acme/n"),
            sides("beta/n"),
            bytes(),
            bytes())
        .as(Input::new);
  }

  private static Arbitrary<Side> sides(String prefix) {
    return Combinators.combine(
            Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(8),
            Arbitraries.integers().between(1, 1_048_575),
            Arbitraries.longs().between(1, 1L << 40),
            bytes(),
            Arbitraries.integers().between(1, 127))
        .as(
            (name, index, revision, key, tag) ->
                new Side(prefix + name, index, revision, key, tag));
  }

  private static Arbitrary<byte[]> bytes() {
    return Arbitraries.bytes().array(byte[].class).ofSize(32);
  }
}
