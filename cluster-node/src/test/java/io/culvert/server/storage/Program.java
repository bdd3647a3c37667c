package io.culvert.server.storage;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.culvert.model.organization.OrganizationEntity;
import io.culvert.model.organization.OrganizationProtocol;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.BootstrapSetup;
import org.apache.pekko.actor.setup.ActorSystemSetup;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.SpawnProtocol;
import org.apache.pekko.actor.typed.javadsl.AskPattern;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.function.Function;

/** An actor system over a storage, with a server's settings, as one run of a program. */
final class Program implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private final Storage storage;
  private final ActorSystem<SpawnProtocol.Command> system;

  private Program(Storage storage, ActorSystem<SpawnProtocol.Command> system) {
    this.storage = storage;
    this.system = system;
  }

  static Program start(StorageSettings settings) throws InterruptedException {
    Storage storage = Storage.of(settings);
    storage.prepare();
    Config config =
        ConfigFactory.parseString("pekko { actor.provider = local, loglevel = WARNING }")
            .withFallback(storage.pekko())
            .withFallback(
                ConfigFactory.parseResources(Program.class.getClassLoader(), "culvert-pekko.conf"))
            .withFallback(ConfigFactory.defaultReference())
            .resolve();
    ActorSystemSetup setup = ActorSystemSetup.create(BootstrapSetup.create(config));
    setup = storage.setup().map(setup::and).orElse(setup);
    return new Program(
        storage,
        ActorSystem.create(Behaviors.setup(context -> SpawnProtocol.create()), "program", setup));
  }

  Availability availability() {
    return storage.availability();
  }

  ActorRef<Tally.Command> tally(String id) {
    return await(
        AskPattern.<SpawnProtocol.Command, ActorRef<Tally.Command>>ask(
            system,
            replyTo -> new SpawnProtocol.Spawn<>(Tally.create(id), "", Props.empty(), replyTo),
            LIMIT,
            system.scheduler()));
  }

  ActorRef<OrganizationProtocol.Command> organization(String name) {
    return await(
        AskPattern.<SpawnProtocol.Command, ActorRef<OrganizationProtocol.Command>>ask(
            system,
            replyTo ->
                new SpawnProtocol.Spawn<>(
                    OrganizationEntity.create(name, InstantSource.system()),
                    "",
                    Props.empty(),
                    replyTo),
            LIMIT,
            system.scheduler()));
  }

  OrganizationProtocol.Reply ask(
      ActorRef<OrganizationProtocol.Command> organization,
      Function<ActorRef<OrganizationProtocol.Reply>, OrganizationProtocol.Command> command) {
    return await(AskPattern.ask(organization, command, LIMIT, system.scheduler()));
  }

  void add(ActorRef<Tally.Command> tally, int number) {
    await(add(tally, number, "", LIMIT));
  }

  CompletionStage<Integer> add(
      ActorRef<Tally.Command> tally, int number, String ballast, Duration limit) {
    return AskPattern.ask(
        tally, replyTo -> new Tally.Add(number, ballast, replyTo), limit, system.scheduler());
  }

  Tally.Contents read(ActorRef<Tally.Command> tally) {
    return await(AskPattern.ask(tally, Tally.Read::new, LIMIT, system.scheduler()));
  }

  private static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(LIMIT.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    ActorTestKit.shutdown(system, LIMIT);
    storage.close();
  }
}
