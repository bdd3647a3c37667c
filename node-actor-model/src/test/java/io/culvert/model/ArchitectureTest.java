package io.culvert.model;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** The arrows of docs/architecture.md, inside this module. */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("io.culvert.model");

  @Test
  void seesNoTransport() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "io.javalin..",
            "java.net.http..",
            "io.culvert.server..",
            "io.culvert.agent..",
            "io.culvert.protocol..")
        .check(CLASSES);
  }

  @Test
  void hasNoCyclesBetweenPackages() {
    slices().matching("io.culvert.model.(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void keepsAddressingAndIdentityPure() {
    noClasses()
        .that()
        .resideInAnyPackage("io.culvert.model.addressing..", "io.culvert.model.identity..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.apache.pekko..")
        .check(CLASSES);
  }

  @Test
  void readsNoClockSleepsNowhereAndThrowsNoDice() {
    noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethodWhere(
            target(nameMatching("sleep")).and(target(owner(assignableTo(Thread.class)))))
        .orShould()
        .dependOnClassesThat()
        .areAssignableTo(RandomGenerator.class)
        .check(CLASSES);
  }
}
