package io.culvert.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md inside the server. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.culvert.server");

  @Test
  void hasNoCycles() {
    slices().matching("io.culvert.server.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void keysKnowNothingOfTheServer() {
    noDependency(
        "pki", "authentication", "session", "feed", "agentgateway", "admin", "bootstrap", "health");
  }

  @Test
  void authenticationKnowsKeysAndEntitiesOnly() {
    noDependency(
        "authentication", "session", "feed", "agentgateway", "admin", "bootstrap", "health");
  }

  @Test
  void feedsKnowNoSessions() {
    noDependency(
        "feed", "session", "agentgateway", "authentication", "admin", "bootstrap", "health");
  }

  @Test
  void theServersOfTheClusterKnowNothingOfWhatTheyServe() {
    noDependency(
        "cluster",
        "session",
        "feed",
        "agentgateway",
        "authentication",
        "admin",
        "bootstrap",
        "health");
  }

  @Test
  void admissionKnowsNothingOfTheServer() {
    noDependency(
        "admission",
        "pki",
        "authentication",
        "session",
        "feed",
        "cluster",
        "agentgateway",
        "admin",
        "bootstrap",
        "health");
  }

  @Test
  void sessionsKnowNoDoors() {
    noDependency("session", "agentgateway", "admin", "bootstrap", "health");
  }

  @Test
  void theDoorsDoNotKnowEachOther() {
    noDependency("agentgateway", "admin", "bootstrap", "health");
    noDependency("admin", "agentgateway", "session", "bootstrap", "health");
    noDependency("health", "admin", "agentgateway", "session", "feed", "bootstrap");
  }

  @Test
  void theZoneKnowsNothingOfTheServer() {
    noDependency(
        "dns",
        "pki",
        "authentication",
        "session",
        "feed",
        "agentgateway",
        "admin",
        "bootstrap",
        "health");
  }

  @Test
  void theStorageKnowsNothingOfTheServer() {
    noDependency(
        "storage",
        "pki",
        "authentication",
        "session",
        "feed",
        "cluster",
        "agentgateway",
        "admin",
        "bootstrap",
        "health");
  }

  @Test
  void backupsKnowTheStorageOnly() {
    noDependency(
        "backup",
        "pki",
        "authentication",
        "session",
        "feed",
        "cluster",
        "agentgateway",
        "admin",
        "bootstrap",
        "health");
  }

  @Test
  void onlyTheStorageSpeaksSql() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.server.storage..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "java.sql..", "javax.sql..", "org.postgresql..", "slick..", "com.datastax..")
        .check(CLASSES);
  }

  @Test
  void onlyTheZoneSpeaksDns() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.server.dns..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.xbill..")
        .check(CLASSES);
  }

  @Test
  void theServerNeverSeesTheAgent() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.culvert.agent..")
        .check(CLASSES);
  }

  @Test
  void onlyTheDoorAndItsStreamsSeeGrpc() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.culvert.server.agentgateway..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.grpc..")
        .check(CLASSES);
  }

  @Test
  void onlyTheAdministratorsDoorSeesHttp() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.server.admin..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.javalin..", "org.eclipse.jetty..")
        .check(CLASSES);
  }

  @Test
  void nothingSleeps() {
    noClasses()
        .should()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Thread.class, "sleep", Duration.class)
        .check(CLASSES);
  }

  /** The time is passed in as an {@link java.time.InstantSource}. */
  @Test
  void nothingReadsTheWallClock() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .check(CLASSES);
  }

  /** Secrets come from one source, made where the server is put together, and passed in. */
  @Test
  void onlyTheBootstrapMakesASourceOfRandomness() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.server.bootstrap..")
        .should()
        .callConstructor(SecureRandom.class)
        .orShould()
        .callConstructor(Random.class)
        .orShould()
        .callMethod(Math.class, "random")
        .check(CLASSES);
  }

  /**
   * A feed's incarnation and the spreads of a drain and of claims are no secrets, and have no test
   * that needs them.
   */
  @Test
  void onlyIncarnationsAndSpreadsAreRandomWithoutASource() {
    noClasses()
        .that()
        .areNotAssignableTo("io.culvert.server.feed.VpnFeed")
        .and()
        .areNotAssignableTo("io.culvert.server.agentgateway.LinkService")
        .and()
        .areNotAssignableTo("io.culvert.server.session.NodeOwnership")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(ThreadLocalRandom.class)
        .check(CLASSES);
  }

  private static void noDependency(String from, String... to) {
    String[] packages = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      packages[i] = "io.culvert.server." + to[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage("io.culvert.server." + from + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }
}
