package io.culvert.benchmarks.tunnel;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.CulvertServer;
import io.culvert.acceptance.lab.EngineCounters;
import io.culvert.acceptance.lab.Iperf;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Machine;
import io.culvert.benchmarks.peers.PeerChoice;
import io.culvert.benchmarks.peers.PeerEnds;
import io.culvert.benchmarks.peers.PeerTunnel;
import io.culvert.benchmarks.peers.PeerVpn;
import io.culvert.benchmarks.tunnel.Samples.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Two agents and their server, the peers, and the turns of measurement. */
final class TunnelBench {
  private static final String SERVER_ADDRESS = "198.18.11.1";
  private static final String RAW_ADDRESS = "198.18.10.2";
  private static final String PEER_FIRST_ADDRESS = "198.18.13.1";
  private static final String PEER_SECOND_ADDRESS = "198.18.13.2";
  private static final String ORGANIZATION = "bench";
  private static final String IPSEC_MB = "intel-ipsec-mb";
  private static final String LEFT_OUT =
      "peers, tcp1_jdk_ratio_to_raw, four streams, the way back, datagrams and pings: left out by --quick";
  private static final int SECONDS_IN_MINUTE = 60;

  private final Laboratory lab;
  private final TunnelExtent extent;
  private final PeerChoice peers;
  private final Consumer<String> progress;
  private final List<MeasuredPath> paths = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<Double> allocated = new ArrayList<>();
  private final long begunNanos = System.nanoTime();

  TunnelBench(Laboratory lab, TunnelExtent extent, PeerChoice peers, Consumer<String> progress) {
    this.lab = lab;
    this.extent = extent;
    this.peers = peers;
    this.progress = progress;
  }

  /** Builds everything and measures; the caller takes the laboratory down. */
  BenchResult run() {
    lab.build(Laboratory.Shape.BENCH);
    Administrator administrator = CulvertServer.start(lab.host("srv"), SERVER_ADDRESS).logon();
    administrator.createOrganization(ORGANIZATION);
    AgentPair culvert = AgentPair.begin(administrator, hosts("a", "b"), "bench/tunnel");
    culvert.awaitLinked();
    progress.accept("two agents are linked after %d s".formatted(passedSeconds()));
    MeasuredPath.Ends ends = ends("a", "b");
    paths.add(new MeasuredPath(ends, RAW_ADDRESS, List.of(), new Samples("raw", Kind.RAW)));
    MeasuredPath tunnel = addAgents("culvert", ends, culvert, Kind.CULVERT);
    if (extent.everything()) {
      addJdk(administrator);
      addPeers();
      progress.accept(
          "%d paths are up after %d s; measuring takes about %d min"
              .formatted(
                  paths.size(),
                  passedSeconds(),
                  1 + extent.estimatedSeconds(paths.size()) / SECONDS_IN_MINUTE));
    } else {
      missing.add(LEFT_OUT);
    }
    boolean ipsecMb = culvert.aead().startsWith(IPSEC_MB);
    measure(culvert, new WarmUp(culvert, tunnel));
    List<Samples> samples = paths.stream().map(MeasuredPath::samples).toList();
    return new BenchResult(
        "tunnel", Machine.describe(), TunnelFigures.of(samples, ipsecMb, allocated), missing);
  }

  private List<LabHost> hosts(String first, String second) {
    return List.of(lab.host(first), lab.host(second));
  }

  private MeasuredPath.Ends ends(String first, String second) {
    return new MeasuredPath.Ends(lab.host(first), Iperf.serve(lab.host(second)));
  }

  private MeasuredPath addAgents(String name, MeasuredPath.Ends ends, AgentPair agents, Kind kind) {
    MeasuredPath path =
        new MeasuredPath(ends, agents.address(), agents.processes(), new Samples(name, kind));
    paths.add(path);
    return path;
  }

  private void addJdk(Administrator administrator) {
    AgentPair agents =
        AgentPair.begin(administrator, hosts("ja", "jb"), "bench/jdk", "--aead", "jdk");
    agents.awaitLinked();
    MeasuredPath path = addAgents("culvert-jdk", ends("ja", "jb"), agents, Kind.CULVERT_JDK);
    path.ends().iperf().load(path.ends().first(), path.address(), WarmUp.FIXED_SECONDS);
  }

  private void addPeers() {
    missing.addAll(peers.missing());
    if (!peers.chosen().isEmpty()) {
      MeasuredPath.Ends ends = ends("pa", "pb");
      for (int number = 1; number <= peers.chosen().size(); number++) {
        addPeer(peers.chosen().get(number - 1), number, ends);
      }
    }
  }

  private void addPeer(PeerVpn vpn, int number, MeasuredPath.Ends ends) {
    PeerEnds.Outside first = new PeerEnds.Outside(ends.first(), PEER_FIRST_ADDRESS);
    PeerEnds.Outside second = new PeerEnds.Outside(lab.host("pb"), PEER_SECOND_ADDRESS);
    try {
      PeerTunnel tunnel = vpn.start(PeerEnds.of(vpn, number, first, second));
      paths.add(
          new MeasuredPath(
              ends, tunnel.address(), tunnel.processes(), new Samples(tunnel.name(), Kind.PEER)));
    } catch (LabException e) {
      missing.add("%s: it did not come up: %s".formatted(vpn.name(), e.getMessage()));
    }
  }

  private void measure(AgentPair culvert, WarmUp warmUp) {
    PathProbe probe = new PathProbe(extent.seconds());
    EngineCounters before = warmUp.until(extent.everything());
    progress.accept("warmed up in %d turns, after %d s".formatted(warmUp.turns(), passedSeconds()));
    for (int round = 1; round <= extent.rounds(); round++) {
      progress.accept("round %d of %d".formatted(round, extent.rounds()));
      for (MeasuredPath path : List.copyOf(paths)) {
        if (path.kind() == Kind.CULVERT) {
          before = extent.everything() ? culvert.counters() : before;
          probe.oneStream(path);
          EngineCounters after = culvert.counters();
          allocated.add(after.minus(before).allocatedBytesPerPacket());
          before = after;
          measureMore(probe, path);
        } else {
          measureUnlessItFails(probe, path);
        }
        progress.accept(RoundReport.of(path.samples()));
      }
    }
    progress.accept("measured after %d s".formatted(passedSeconds()));
  }

  /**
   * A peer that does not stand its measurement is left out; without the others there is nothing to
   * compare.
   */
  private void measureUnlessItFails(PathProbe probe, MeasuredPath path) {
    try {
      probe.oneStream(path);
      measureMore(probe, path);
    } catch (LabException e) {
      if (path.kind() != Kind.PEER) {
        throw e;
      }
      paths.remove(path);
      missing.add("%s: its measurement failed: %s".formatted(path.name(), e.getMessage()));
    }
  }

  private void measureMore(PathProbe probe, MeasuredPath path) {
    if (extent.everything() && path.kind() != Kind.CULVERT_JDK) {
      probe.moreStreams(path);
      probe.datagrams(path);
      probe.pings(path);
    }
  }

  private long passedSeconds() {
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begunNanos);
  }
}
