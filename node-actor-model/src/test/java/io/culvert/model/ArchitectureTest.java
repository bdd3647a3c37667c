package io.culvert.model;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleNameEndingWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.culvert.model.journal.CborSerializable;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.apache.pekko.actor.typed.ActorRef;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md inside the actor model. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.culvert.model");

  private static final DescribedPredicate<JavaClass> PEKKO_BEYOND_REFERENCES =
      resideInAPackage("org.apache.pekko..")
          .and(not(JavaClass.Predicates.type(ActorRef.class)))
          .as("Pekko beyond ActorRef");

  @Test
  void hasNoCycles() {
    slices().matching("io.culvert.model.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void knowsNoTransport() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "io.javalin..",
            "java.net.http..",
            "io.culvert.protocol..",
            "io.culvert.server..",
            "io.culvert.agent..")
        .check(CLASSES);
  }

  @Test
  void pureValuesKnowNoActor() {
    noClasses()
        .that()
        .resideInAnyPackage("io.culvert.model.identity..", "io.culvert.model.addressing..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.apache.pekko..")
        .check(CLASSES);
  }

  @Test
  void onlyEntitiesAndShardsKnowMoreOfPekkoThanReferences() {
    noClasses()
        .that(
            not(simpleNameEndingWith("Entity"))
                .and(not(simpleNameEndingWith("Journal")))
                .and(not(resideInAPackage("io.culvert.model.sharding.."))))
        .should()
        .dependOnClassesThat(PEKKO_BEYOND_REFERENCES)
        .check(CLASSES);
  }

  @Test
  void onlyEntitiesAndShardsAreHandedAClock() {
    noClasses()
        .that(
            not(simpleNameEndingWith("Entity"))
                .and(not(resideInAPackage("io.culvert.model.sharding.."))))
        .should()
        .dependOnClassesThat()
        .areAssignableTo(InstantSource.class)
        .check(CLASSES);
  }

  @Test
  void nobodyReadsTheSystemsClockSleepsOrDicesByItself() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Instant.class, "now", Clock.class)
        .orShould()
        .callMethod(InstantSource.class, "system")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(Thread.class, "sleep", long.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .check(CLASSES);
    noClasses()
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(Random.class, SecureRandom.class, ThreadLocalRandom.class)
        .check(CLASSES);
  }

  @Test
  void durableAndRemoteTypesAreRecordsOrSealed() {
    classes()
        .that()
        .implement(CborSerializable.class)
        .and()
        .areNotInterfaces()
        .should()
        .beRecords()
        .orShould()
        .beEnums()
        .check(CLASSES);
  }
}
