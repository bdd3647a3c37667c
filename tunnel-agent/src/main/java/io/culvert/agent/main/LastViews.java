package io.culvert.agent.main;

import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.enrolment.StateSeal;
import io.culvert.agent.view.TunnelPlanner;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an earlier run of the agent knew, to show people while no server answers.
 *
 * <p>No pair secrets: they are not kept, and nothing of this ever reaches the engine, so no key can
 * be used twice.
 *
 * @param replicas without secrets
 * @param asOf when they were kept
 */
record LastViews(List<VpnReplica> replicas, Instant asOf) {
  private static final Logger LOG = LoggerFactory.getLogger(LastViews.class);
  private static final String FILE = "last-views.bin";

  /** Copies the list. */
  LastViews {
    replicas = List.copyOf(replicas);
  }

  /**
   * Keeps the views, as length-delimited snapshots, sealed: who is whose peer is nobody's business.
   */
  static void save(StateDirectory state, StateSeal seal, List<VpnReplica> replicas) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (VpnReplica replica : replicas) {
        snapshot(replica).writeDelimitedTo(bytes);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    state.write(FILE, seal.seal(bytes.toByteArray()));
  }

  private static Snapshot snapshot(VpnReplica replica) {
    return Snapshot.newBuilder()
        .setVpnId(replica.vpnId())
        .setRevision(replica.revision())
        .setVpn(replica.vpn())
        .setSelf(replica.self())
        .addAllPeers(replica.peers().values())
        .build();
  }

  /**
   * What was kept; nothing if there is none. It is only a memory: a damaged file stops nobody, but
   * is put aside.
   *
   * @param problem told, as a sentence, that the file is damaged
   */
  static LastViews load(StateDirectory state, StateSeal seal, Consumer<String> problem) {
    Path file = state.file(FILE);
    try {
      return new LastViews(
          decode(seal.open(Files.readAllBytes(file))), Files.getLastModifiedTime(file).toInstant());
    } catch (NoSuchFileException e) {
      LOG.debug("no views of an earlier run");
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      LOG.debug("no views of an earlier run can be read", e);
      problem.accept(putAside(file, state.file(FILE + ".damaged")));
    }
    return new LastViews(List.of(), Instant.EPOCH);
  }

  private static List<VpnReplica> decode(byte[] content) throws IOException {
    InputStream in = new ByteArrayInputStream(content);
    List<VpnReplica> replicas = new ArrayList<>();
    for (Snapshot next = Snapshot.parseDelimitedFrom(in);
        next != null;
        next = Snapshot.parseDelimitedFrom(in)) {
      VpnReplica replica = VpnReplica.of(next, null);
      TunnelPlanner.requireValid(replica);
      replica.peers().values().forEach(peer -> TunnelPlanner.addresses(peer.getMembership()));
      replicas.add(replica);
    }
    return replicas;
  }

  private static String putAside(Path file, Path aside) {
    String damaged = "the memory of an earlier run %s is damaged".formatted(file);
    try {
      Files.move(file, aside, StandardCopyOption.REPLACE_EXISTING);
      return "%s: it is %s now, and the agent goes on without it"
          .formatted(damaged, aside.getFileName());
    } catch (IOException e) {
      return "%s and cannot be put aside (%s): the agent goes on without it"
          .formatted(damaged, e.getClass().getSimpleName());
    }
  }
}
