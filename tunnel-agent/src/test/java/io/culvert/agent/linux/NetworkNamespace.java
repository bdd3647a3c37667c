package io.culvert.agent.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace with a thread of this JVM in it: what that thread opens is in the namespace
 * (setns(2) moves one thread). Closing removes it with all its interfaces.
 */
public final class NetworkNamespace implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int CLONE_NEWNET = 0x4000_0000;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final MethodHandle SETNS =
      NativeFunctions.blocking("setns", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));

  private final String name;
  private final ExecutorService thread;

  private NetworkNamespace(String name) {
    this.name = name;
    thread = Executors.newSingleThreadExecutor(Thread.ofPlatform().name(name).factory());
  }

  /** An empty namespace, its loopback up. */
  public static NetworkNamespace create() throws Exception {
    String name =
        "culvert-devices-%d-%d".formatted(ProcessHandle.current().pid(), NUMBER.getAndIncrement());
    execute("ip", "netns", "add", name);
    var made = new NetworkNamespace(name);
    try {
      made.ip("link set lo up");
      made.call(made::enter);
    } catch (Exception e) {
      made.close();
      throw e;
    }
    return made;
  }

  private Integer enter() throws Exception {
    int descriptor =
        Errno.check(
            Descriptors.open("/run/netns/" + name, Descriptors.O_RDONLY), "namespace " + name);
    var errno = new ErrnoCell();
    try {
      int result = (int) SETNS.invokeExact(errno.segment(), descriptor, CLONE_NEWNET);
      return Errno.check(errno.resultOrError(result), "setns");
    } catch (IOException | RuntimeException e) {
      throw e;
    } catch (Throwable e) {
      throw NativeFunctions.wrongCall(e);
    } finally {
      Descriptors.close(descriptor);
    }
  }

  /** Joins two namespaces: {@code veth0} in each. */
  public static void connect(NetworkNamespace a, NetworkNamespace b) throws Exception {
    execute(
        "ip", "-n", a.name, "link", "add", "veth0", "type", "veth", "peer", "name", "veth0",
        "netns", b.name);
    a.ip("link set veth0 up");
    b.ip("link set veth0 up");
  }

  /** Runs something on the namespace's thread and hands out its result or its failure. */
  public <T> T call(Callable<T> task) throws Exception {
    Future<T> future = thread.submit(task);
    try {
      return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** {@code ip} with these words, in the namespace; its output. */
  public String ip(String words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(Arrays.asList(words.split(" ", -1)));
    return execute(command.toArray(String[]::new));
  }

  /** Runs a command to its end; its output, errors too. */
  public static String execute(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException("%s: %d: %s".formatted(List.of(command), status, output));
    }
    return output;
  }

  @Override
  public void close() throws IOException {
    thread.shutdownNow();
    execute("ip", "netns", "del", name);
  }
}
