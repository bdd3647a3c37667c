package io.culvert.benchmarks.spread;

import io.culvert.agent.dataplane.EngineSettings;
import io.culvert.agent.dataplane.TunnelEngine;
import io.culvert.agent.transport.Endpoint;
import io.culvert.agent.transport.LinuxDatagramTransport;
import io.culvert.agent.tun.InterfaceConfigurator.Address;
import io.culvert.agent.tun.InterfaceConfigurator.Route;
import io.culvert.agent.tun.LinuxInterfaceConfigurator;
import io.culvert.agent.tun.LinuxTunDevice;
import java.net.InetAddress;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** An agent's engine and nothing else, until it is killed. */
@Command(name = "engine")
final class EngineProgram implements Callable<Integer> {
  /** Printed when packets can go through. */
  static final String READY = "the engine is ready";

  private static final int MTU_BYTES = 1400;
  private static final int HOST_BITS = 32;

  @Option(names = "--peers", required = true)
  private int peers;

  @Option(names = "--seed", required = true)
  private String seed = "";

  @Option(names = "--other", required = true)
  private InetAddress other = InetAddress.getLoopbackAddress();

  @Option(names = "--as-peers")
  private boolean asPeers;

  public static void main(String[] arguments) {
    System.exit(new CommandLine(new EngineProgram()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    try (LinuxTunDevice tun = LinuxTunDevice.open("culvert0", MTU_BYTES);
        LinuxDatagramTransport transport = LinuxDatagramTransport.open(SpreadNetwork.PORT);
        LinuxInterfaceConfigurator configurator = LinuxInterfaceConfigurator.open(tun.name());
        TunnelEngine engine = TunnelEngine.start(tun, transport, EngineSettings.defaults())) {
      SpreadNetwork network = new SpreadNetwork(peers, seed);
      Endpoint there = Endpoint.of(other.getAddress(), SpreadNetwork.PORT);
      engine.configure(asPeers ? network.ofPeers(there) : network.ofNode(there));
      InetAddress own = asPeers ? SpreadNetwork.peer(1) : SpreadNetwork.node();
      configurator.apply(Set.of(new Address(own)), Set.of(route(own)));
      System.out.println(READY);
      new CountDownLatch(1).await();
      return 0;
    }
  }

  private Route route(InetAddress own) {
    return asPeers
        ? new Route(SpreadNetwork.node(), HOST_BITS, own)
        : new Route(SpreadNetwork.prefix(), SpreadNetwork.PREFIX_BITS, own);
  }
}
