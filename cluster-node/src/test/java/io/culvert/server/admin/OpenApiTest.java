package io.culvert.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The document and the server say the same; that answers keep it is checked by {@link ApiClient}.
 */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class OpenApiTest {
  @TempDir static Path directory;
  private static AdminHouse house;

  @BeforeAll
  static void open() {
    house = AdminHouse.open(directory);
  }

  @AfterAll
  static void close() {
    house.close();
  }

  @Test
  void everyRouteIsInTheDocumentAndEveryOperationIsRouted() {
    assertThat(house.routes()).isEqualTo(house.nobody().contract().operations());
  }

  @Test
  void everyReferenceLeadsSomewhere() {
    JsonNode document = house.nobody().contract().document();
    List<String> broken = new ArrayList<>();
    document
        .findValuesAsText("$ref")
        .forEach(
            reference -> {
              if (document.at(reference.substring(1)).isMissingNode()) {
                broken.add(reference);
              }
            });
    assertThat(broken).isEmpty();
  }

  @Test
  void everyPathParameterIsDeclared() {
    JsonNode paths = house.nobody().contract().document().get("paths");
    paths
        .properties()
        .forEach(
            path -> {
              List<String> declared =
                  path.getValue().path("parameters").findValuesAsText("$ref").stream()
                      .map(reference -> reference.substring(reference.lastIndexOf('/') + 1))
                      .toList();
              List<String> used = new ArrayList<>();
              for (String segment : path.getKey().split("/", -1)) {
                if (segment.startsWith("{")) {
                  used.add(segment.substring(1, segment.length() - 1));
                }
              }
              assertThat(declared).as(path.getKey()).isEqualTo(used);
            });
  }
}
