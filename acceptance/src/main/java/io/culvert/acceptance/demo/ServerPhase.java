package io.culvert.acceptance.demo;

/** Starts a server with an empty data directory, and logs on as its first administrator. */
final class ServerPhase implements Phase {
  @Override
  public String title() {
    return "server: a cluster of one";
  }

  @Override
  public void run(DemoWorld world, Findings findings) {
    world.startServer();
    findings.note("ready %d ms after its start".formatted(world.server().startMillis()));
    findings.figure("server_start_ms", (double) world.server().startMillis());
    findings.note("first administrator logged on with the one-time password that it printed");
  }
}
