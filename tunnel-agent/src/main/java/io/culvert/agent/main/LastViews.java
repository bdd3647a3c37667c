package io.culvert.agent.main;

import io.culvert.agent.enrolment.StateDirectory;
import io.culvert.agent.view.VpnReplica;
import io.culvert.protocol.v1.Snapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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

  /** Keeps the views, as length-delimited snapshots. */
  static void save(StateDirectory state, List<VpnReplica> replicas) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      for (VpnReplica replica : replicas) {
        snapshot(replica).writeDelimitedTo(bytes);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    state.write(FILE, bytes.toByteArray());
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

  /** What was kept; nothing if there is none, or it cannot be read. */
  static LastViews load(StateDirectory state) {
    try {
      InputStream in = new ByteArrayInputStream(Files.readAllBytes(state.file(FILE)));
      List<VpnReplica> replicas = new ArrayList<>();
      for (Snapshot next = Snapshot.parseDelimitedFrom(in);
          next != null;
          next = Snapshot.parseDelimitedFrom(in)) {
        replicas.add(VpnReplica.of(next, null));
      }
      return new LastViews(replicas, Files.getLastModifiedTime(state.file(FILE)).toInstant());
    } catch (IOException e) {
      LOG.debug("no views of an earlier run", e);
      return new LastViews(List.of(), Instant.EPOCH);
    }
  }
}
