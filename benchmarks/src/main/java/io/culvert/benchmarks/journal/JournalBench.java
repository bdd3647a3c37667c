package io.culvert.benchmarks.journal;

import io.culvert.acceptance.cluster.ClusterAdministrator;
import io.culvert.acceptance.cluster.ClusterStorage;
import io.culvert.acceptance.cluster.OwnCassandra;
import io.culvert.acceptance.cluster.OwnPostgreSql;
import io.culvert.acceptance.cluster.ServerCluster;
import io.culvert.acceptance.lab.CulvertHome;
import io.culvert.acceptance.lab.LabException;
import io.culvert.benchmarks.BenchResult;
import io.culvert.benchmarks.Figure;
import io.culvert.benchmarks.Machine;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** One database after the other, so that none has to share the machine. */
final class JournalBench {
  private static final int ADMINISTRATORS = 16;
  private static final double TARGET_PER_S = 100;

  private final CulvertHome home;
  private final Path directory;
  private final Extent extent;
  private final Consumer<String> progress;
  private final List<Figure> figures = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();

  /**
   * How long, and with what.
   *
   * @param warming before anything counts
   * @param measured that count
   * @param cassandraNodes 1 or 3
   * @param serverOptions for the servers' JVMs, separated by spaces
   */
  record Extent(Duration warming, Duration measured, int cassandraNodes, String serverOptions) {}

  JournalBench(CulvertHome home, Path directory, Extent extent, Consumer<String> progress) {
    this.home = home;
    this.directory = directory;
    this.extent = extent;
    this.progress = progress;
  }

  BenchResult run() {
    measure("h2", () -> ClusterStorage.sharedFile(directory.resolve("h2").resolve("database")));
    measure("postgresql", () -> OwnPostgreSql.start(home));
    measure("cassandra", () -> OwnCassandra.start(home, extent.cassandraNodes()));
    return new BenchResult("journal", Machine.describe(), figures, missing);
  }

  private void measure(String name, Supplier<ClusterStorage> database) {
    progress.accept(name + ": starting");
    try {
      double perSecond = measure(name, database.get());
      progress.accept("%s: %.0f commands a second".formatted(name, perSecond));
      figures.add(
          new Figure(
              "journal_%s_per_s".formatted(name),
              perSecond,
              "commands/s",
              TARGET_PER_S,
              Figure.Better.HIGHER));
    } catch (LabException e) {
      progress.accept("%s: not measured: %s".formatted(name, e.getMessage()));
      missing.add("%s: %s".formatted(name, e.getMessage()));
    }
  }

  /** The cluster ends the storage. */
  private double measure(String name, ClusterStorage storage) {
    try (ServerCluster cluster =
            ServerCluster.start(
                home,
                directory.resolve(name),
                storage,
                new ServerCluster.Shape(1, extent.serverOptions(), ""));
        ClusterAdministrator administrator = cluster.logon()) {
      for (int i = 0; i < ADMINISTRATORS; i++) {
        administrator.createOrganization("bench" + i);
      }
      var _ = commands(administrator, "warm", extent.warming());
      long begunNanos = System.nanoTime();
      long done = commands(administrator, "node", extent.measured());
      return done / ((System.nanoTime() - begunNanos) / 1e9);
    }
  }

  /** How many were done; any that is not ends the measurement. */
  private static long commands(ClusterAdministrator administrator, String prefix, Duration time) {
    long endNanos = System.nanoTime() + time.toNanos();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < ADMINISTRATORS; i++) {
        String organization = "bench" + i;
        counts.add(
            threads.submit(
                () -> {
                  int count = 0;
                  while (System.nanoTime() < endNanos) {
                    administrator.createNode(0, "%s/%s%d".formatted(organization, prefix, count));
                    count++;
                  }
                  return count;
                }));
      }
      long sum = 0;
      for (Future<Integer> count : counts) {
        sum += count.get();
      }
      return sum;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException("interrupted", e);
    } catch (ExecutionException e) {
      throw new LabException("a command was not done: " + e.getMessage(), e);
    }
  }
}
