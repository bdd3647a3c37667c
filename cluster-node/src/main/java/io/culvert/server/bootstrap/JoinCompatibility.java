package io.culvert.server.bootstrap;

import com.typesafe.config.Config;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.pekko.cluster.ConfigValidation;
import org.apache.pekko.cluster.Invalid;
import org.apache.pekko.cluster.JoinConfigCompatChecker;
import org.apache.pekko.cluster.Valid$;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Whether a server may join: it must mean the same cluster, and speak a version of the servers'
 * messages that the cluster understands. Pekko asks on both sides and makes it by name.
 */
public final class JoinCompatibility extends JoinConfigCompatChecker {
  private static final String NAME = "culvert.join.cluster-name";
  private static final String VERSION = "culvert.join.messages";
  private static final String OLDEST = "culvert.join.oldest-messages";

  /** Made by Pekko. */
  public JoinCompatibility() {}

  /** The setting that says of which cluster a server is. */
  static Map<String, Object> clusterName(String name) {
    return Map.of(NAME, name);
  }

  /** What a server shows, for people. */
  static String shown(Config own) {
    return "cluster '%s', versions %d to %d of the servers' messages"
        .formatted(own.getString(NAME), own.getInt(OLDEST), own.getInt(VERSION));
  }

  @Override
  public Seq<String> requiredKeys() {
    return CollectionConverters.asScala(List.of(NAME, VERSION, OLDEST)).toList();
  }

  @Override
  public ConfigValidation check(Config joining, Config own) {
    List<String> problems = new ArrayList<>();
    if (!joining.hasPath(NAME) || !joining.hasPath(VERSION) || !joining.hasPath(OLDEST)) {
      problems.add("it does not say of which cluster it is");
    } else {
      if (!joining.getString(NAME).equals(own.getString(NAME))) {
        problems.add(
            "the cluster '%s' and the cluster '%s' are not one (cluster.name)"
                .formatted(joining.getString(NAME), own.getString(NAME)));
      }
      if (joining.getInt(VERSION) < own.getInt(OLDEST)
          || own.getInt(VERSION) < joining.getInt(OLDEST)) {
        problems.add(
            "it speaks versions %d to %d of the servers' messages, this one %d to %d"
                .formatted(
                    joining.getInt(OLDEST),
                    joining.getInt(VERSION),
                    own.getInt(OLDEST),
                    own.getInt(VERSION)));
      }
    }
    return problems.isEmpty()
        ? Valid$.MODULE$
        : new Invalid(CollectionConverters.asScala(problems).toList());
  }
}
