package io.culvert.model.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import org.apache.pekko.persistence.testkit.javadsl.EventSourcedBehaviorTestKit.SerializationSettings;

/** Test kits with everything on that finds mistakes: serialization and equality of all values. */
public final class EntityTestKits {
  private EntityTestKits() {}

  /** The configuration of entity tests. */
  public static Config config() {
    return EventSourcedBehaviorTestKit.config()
        .withFallback(
            ConfigFactory.parseString(
                """
                pekko.actor.allow-java-serialization = off
                pekko.actor.serialize-messages = on
                """))
        .withFallback(ConfigFactory.load());
  }

  /** An actor system for entity tests. */
  public static ActorTestKit start() {
    return ActorTestKit.create(config());
  }

  /** Serialization of commands, events, state and replies, and equality after it. */
  public static SerializationSettings verifyEverything() {
    return EventSourcedBehaviorTestKit.enabledSerializationSettings().withVerifyEquality(true);
  }
}
