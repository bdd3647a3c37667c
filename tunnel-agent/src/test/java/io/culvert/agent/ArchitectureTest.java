package io.culvert.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.culvert.agent.dataplane.EngineSettings;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md inside the agent. */
class ArchitectureTest {
  private static final String[] PACKET_CODE = {
    "io.culvert.agent.ip..",
    "io.culvert.agent.esp..",
    "io.culvert.agent.masquerade..",
    "io.culvert.agent.sad..",
    "io.culvert.agent.spd..",
    "io.culvert.agent.dataplane..",
  };

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.culvert.agent");

  @Test
  void hasNoCycles() {
    slices().matching("io.culvert.agent.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void headersKnowNothing() {
    noDependency("ip", "esp", "masquerade", "sad", "spd", "dataplane", "tun", "transport");
  }

  @Test
  void espKnowsHeadersOnly() {
    noDependency("esp", "masquerade", "sad", "spd", "dataplane", "tun", "transport");
  }

  @Test
  void databasesKnowNeitherEachOtherNorTheEngine() {
    noDependency("sad", "spd", "masquerade", "dataplane", "tun", "transport");
    noDependency("spd", "sad", "esp", "masquerade", "dataplane", "tun", "transport");
    noDependency("masquerade", "sad", "spd", "esp", "dataplane", "tun", "transport");
  }

  @Test
  void portsKnowNothingOfTheEngine() {
    noDependency("tun", "dataplane", "sad", "spd", "esp", "masquerade");
    noDependency("transport", "dataplane", "sad", "spd", "esp", "masquerade");
  }

  @Test
  void packetCodeNeverSeesTheControlPlane() {
    noClasses()
        .that()
        .resideInAnyPackage(PACKET_CODE)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "io.culvert.protocol..",
            "com.fasterxml..",
            "org.bouncycastle..",
            "picocli..",
            "io.culvert.agent.control..",
            "io.culvert.agent.keys..",
            "io.culvert.agent.cli..",
            "io.culvert.agent.main..")
        .check(CLASSES);
  }

  @Test
  void packetCodeReadsNoClockAndNoRandomness() {
    noClasses()
        .that()
        .resideInAnyPackage(PACKET_CODE)
        .and()
        .doNotBelongToAnyOf(EngineSettings.class)
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Clock.class, Instant.class, Random.class, SecureRandom.class)
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

  @Test
  void theAgentNeverSeesPekko() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.pekko..", "io.culvert.server..", "io.culvert.model..")
        .check(CLASSES);
  }

  @Test
  void discoveryKnowsNothingOfTheAgentAndAloneSpeaksDns() {
    noDependency("discovery", "control", "enrolment", "view", "keys", "cli", "main", "dataplane");
    noClasses()
        .that()
        .resideOutsideOfPackage("io.culvert.agent.discovery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.xbill..")
        .check(CLASSES);
  }

  private static void noDependency(String from, String... to) {
    String[] packages = new String[to.length];
    for (int i = 0; i < to.length; i++) {
      packages[i] = "io.culvert.agent." + to[i] + "..";
    }
    noClasses()
        .that()
        .resideInAPackage("io.culvert.agent." + from + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(packages)
        .check(CLASSES);
  }
}
