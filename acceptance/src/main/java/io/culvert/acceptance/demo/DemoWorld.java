package io.culvert.acceptance.demo;

import io.culvert.acceptance.lab.Administrator;
import io.culvert.acceptance.lab.AgentProgram;
import io.culvert.acceptance.lab.Capture;
import io.culvert.acceptance.lab.CulvertServer;
import io.culvert.acceptance.lab.LabHost;
import io.culvert.acceptance.lab.Laboratory;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the phases have built so far. Closing it ends everything and removes the laboratory.
 *
 * <p>Owned by the thread that runs the phases; only {@link #close} may come from a shutdown hook.
 */
public final class DemoWorld implements AutoCloseable {
  /** The organization of the demonstration. */
  public static final String ORGANIZATION = "acme";

  /** Its VPN. */
  public static final String VPN = ORGANIZATION + "/office";

  /** Address of the server's host. */
  public static final String SERVER_ADDRESS = "198.18.2.2";

  private final Laboratory lab;
  private final Map<DemoNode, AgentProgram> agents = new EnumMap<>(DemoNode.class);
  private @Nullable CulvertServer server;
  private @Nullable Administrator administrator;
  private @Nullable Capture capture;

  /** A world in which nothing has been built; the first phase builds the laboratory. */
  public DemoWorld(Laboratory lab) {
    this.lab = lab;
    for (DemoNode node : DemoNode.values()) {
      agents.put(node, new AgentProgram(lab.host(node.host()), node.nodeId()));
    }
  }

  /** The laboratory. */
  public Laboratory lab() {
    return lab;
  }

  /** The host of a node. */
  public LabHost host(DemoNode node) {
    return lab.host(node.host());
  }

  /** The agent of a node. */
  public AgentProgram agent(DemoNode node) {
    return present(agents.get(node), "agent");
  }

  /** Starts the server and logs its administrator on. */
  void startServer() {
    CulvertServer started = CulvertServer.start(lab.host("srv"), SERVER_ADDRESS);
    server = started;
    administrator = started.logon();
  }

  /** The server. */
  public CulvertServer server() {
    return present(server, "server");
  }

  /** Its administrator, logged on. */
  public Administrator administrator() {
    return present(administrator, "administrator");
  }

  /** Begins to capture in the middle of the Internet. */
  void startCapture() {
    capture = Capture.start(lab.host("wan"), "capture");
  }

  /** The running capture. */
  Capture capture() {
    return present(capture, "capture");
  }

  private static <T> T present(@Nullable T thing, String what) {
    if (thing == null) {
      throw new IllegalStateException("an earlier phase should have made the " + what);
    }
    return thing;
  }

  @Override
  public void close() {
    lab.close();
  }
}
