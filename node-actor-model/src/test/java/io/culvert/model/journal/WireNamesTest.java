package io.culvert.model.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A subtype without a wire name would fail only when the first one of it is journalled or sent. */
class WireNamesTest {
  /** Every sealed interface that is serialized by wire name: events, replies, messages. */
  static Stream<Class<?>> hierarchies() {
    return new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.culvert.model")
            .stream()
            .filter(JavaClass::isInterface)
            .<Class<?>>map(JavaClass::reflect)
            .filter(type -> type.isSealed() && CborSerializable.class.isAssignableFrom(type))
            .filter(type -> !isCommand(type));
  }

  /** Commands travel between servers only, by the name of their class. */
  private static boolean isCommand(Class<?> type) {
    return type.getSimpleName().equals("Command") || type.getSimpleName().equals("Change");
  }

  @Test
  void findsAllHierarchies() {
    assertThat(hierarchies().map(Class::getSimpleName))
        .containsExactlyInAnyOrder(
            "VpnEvent",
            "NodeEvent",
            "OrganizationEvent",
            "DirectoryEvent",
            "Reply",
            "Reply",
            "Reply",
            "Reply",
            "FeedMessage",
            "SessionMessage");
  }

  @ParameterizedTest
  @MethodSource("hierarchies")
  void namesExactlyThePermittedSubclassesInKebabCase(Class<?> hierarchy) {
    assertThat(hierarchy.getAnnotation(JsonTypeInfo.class))
        .extracting(JsonTypeInfo::use)
        .isEqualTo(JsonTypeInfo.Id.NAME);
    Map<String, Class<?>> permitted = new TreeMap<>();
    for (Class<?> subclass : hierarchy.getPermittedSubclasses()) {
      permitted.put(kebabCase(subclass.getSimpleName()), subclass);
    }
    Map<String, Class<?>> named = new TreeMap<>();
    Arrays.stream(hierarchy.getAnnotationsByType(JsonSubTypes.class))
        .flatMap(types -> Arrays.stream(types.value()))
        .forEach(type -> named.put(type.name(), type.value()));
    assertThat(named).isEqualTo(permitted);
  }

  private static String kebabCase(String simpleName) {
    return simpleName.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }
}
