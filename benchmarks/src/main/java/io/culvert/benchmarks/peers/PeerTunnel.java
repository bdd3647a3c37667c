package io.culvert.benchmarks.peers;

import io.culvert.acceptance.lab.Await;
import io.culvert.acceptance.lab.BackgroundProgram;
import io.culvert.acceptance.lab.LabException;
import io.culvert.acceptance.lab.Ping;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A peer VPN that runs at both ends, or is about to. */
public final class PeerTunnel implements AutoCloseable {
  private static final Duration UP_LIMIT = Duration.ofSeconds(20);

  private final PeerVpn vpn;
  private final PeerEnds ends;
  private final List<BackgroundProgram> programs = new ArrayList<>();

  private PeerTunnel(PeerVpn vpn, PeerEnds ends) {
    this.vpn = vpn;
    this.ends = ends;
  }

  /**
   * Starts programs and waits until the second end answers the first.
   *
   * @param start starts one end's program and adds it with {@link #runs}
   */
  static PeerTunnel bringUp(PeerVpn vpn, PeerEnds ends, Consumer<PeerTunnel> start) {
    PeerTunnel tunnel = new PeerTunnel(vpn, ends);
    try {
      start.accept(tunnel);
      Await.until(vpn.name() + " to answer", UP_LIMIT, tunnel::answers);
      return tunnel;
    } catch (LabException e) {
      String words = tunnel.lastWords();
      tunnel.close();
      throw new LabException("%s; it said: %s".formatted(e.getMessage(), words), e);
    }
  }

  private boolean answers() {
    for (BackgroundProgram program : programs) {
      if (!program.isRunning()) {
        throw new LabException("%s ended with %d".formatted(vpn.name(), program.exitStatus()));
      }
    }
    return Ping.answered(ends.first().host(), ends.second().insideAddress());
  }

  private String lastWords() {
    return String.join(" | ", programs.stream().map(BackgroundProgram::lastWords).toList());
  }

  /** A program of one end, the first end's first. */
  BackgroundProgram runs(BackgroundProgram program) {
    programs.add(program);
    return program;
  }

  /** Which VPN it is. */
  public String name() {
    return vpn.name();
  }

  /** The second end's address in the VPN. */
  public String address() {
    return ends.second().insideAddress();
  }

  /** Process ids of its programs, the first end's first. */
  public List<Long> processes() {
    return programs.stream().map(BackgroundProgram::pid).toList();
  }

  /** Ends its programs. */
  @Override
  public void close() {
    programs.forEach(BackgroundProgram::close);
  }
}
