package io.culvert.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may do what, for every operation of the document. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class AuthorisationTest {
  private static final Set<String> OPEN = Set.of("POST /api/v1/login", "GET /api/v1/openapi.yaml");
  private static final Set<String> FOR_ANY_ADMINISTRATOR =
      Set.of("GET /api/v1/whoami", "GET /api/v1/organizations");
  private static final Set<String> FOR_OPERATORS =
      Set.of(
          "GET /api/v1/servers",
          "POST /api/v1/servers/{server}/drain",
          "GET /api/v1/operators",
          "PUT /api/v1/operators/{operator}",
          "DELETE /api/v1/operators/{operator}",
          "POST /api/v1/organizations");

  @TempDir static Path directory;
  private static AdminHouse house;
  private static ApiClient operator;
  private static ApiClient eve;
  private static ApiClient mallory;

  @BeforeAll
  static void open() {
    house = AdminHouse.open(directory);
    operator = house.operator();
    eve = administrator("acme", "eve");
    mallory = administrator("other", "mallory");
  }

  @AfterAll
  static void close() {
    house.close();
  }

  private static ApiClient administrator(String organization, String name) {
    operator.post("/api/v1/organizations", Json.object("name", organization));
    operator.put(
        "/api/v1/organizations/%s/administrators/%s".formatted(organization, name),
        Json.object("password", AdminHouse.PASSWORD));
    return house.login(name + "@" + organization);
  }

  private static int status(ApiClient client, String operation) {
    String[] parts = operation.split(" ", 2);
    String path =
        parts[1]
            .replace("{organization}", "acme")
            .replaceAll("\\{(operator|administrator)}", "nosuch")
            .replaceAll("\\{[a-z]+}", "x");
    String body = Set.of("GET", "DELETE").contains(parts[0]) ? null : "{}";
    return client.send(parts[0], path, body, Map.of()).status();
  }

  private static Set<String> closedOperations() {
    Set<String> operations = house.nobody().contract().operations();
    operations.removeAll(OPEN);
    return operations;
  }

  @Test
  void withoutALoginNothingIsAnswered() {
    for (String operation : closedOperations()) {
      assertThat(status(house.nobody(), operation)).as(operation).isEqualTo(401);
      assertThat(status(house.nobody().as("x.y.z"), operation)).as(operation).isEqualTo(401);
    }
  }

  @Test
  void anOperatorIsNeverForbidden() {
    for (String operation : closedOperations()) {
      assertThat(status(operator, operation)).as(operation).isNotIn(401, 403);
    }
  }

  @Test
  void anAdministratorManagesItsOrganizationAndNothingElse() {
    for (String operation : closedOperations()) {
      if (FOR_OPERATORS.contains(operation)) {
        assertThat(status(eve, operation)).as(operation).isEqualTo(403);
      } else {
        assertThat(status(eve, operation)).as(operation).isNotIn(401, 403);
      }
    }
  }

  @Test
  void theAdministratorOfAnotherOrganizationIsForbidden() {
    for (String operation : closedOperations()) {
      int expected = FOR_ANY_ADMINISTRATOR.contains(operation) ? 200 : 403;
      assertThat(status(mallory, operation)).as(operation).isEqualTo(expected);
    }
  }

  @Test
  void anAdministratorSeesOnlyItsOrganizationInTheList() {
    assertThat(mallory.get("/api/v1/organizations").text()).isEqualTo("[\"other\"]");
    assertThat(operator.get("/api/v1/organizations").text()).contains("acme", "other");
  }

  @Test
  void aPathWrittenInAnotherWayOpensNoDoor() {
    for (String path :
        new String[] {
          "/api/v1/servers/",
          "//api/v1/servers",
          "/api//v1/servers",
          "/API/v1/servers",
          "/api/v1/login/../servers",
          "/api/v1/openapi.yaml/../servers",
          "/api/v1/%73ervers"
        }) {
      assertThat(house.nobody().raw("GET", path).status()).as(path).isIn(400, 401, 404);
    }
  }

  @Test
  void aRemovedAdministratorsTokenIsVoidAtOnce() {
    ApiClient leaver = administrator("acme", "leaver");
    assertThat(leaver.get("/api/v1/whoami").status()).isEqualTo(200);
    operator.delete("/api/v1/organizations/acme/administrators/leaver");
    assertThat(leaver.get("/api/v1/whoami").status()).isEqualTo(401);
    assertThat(leaver.get("/api/v1/organizations/acme/vpns").status()).isEqualTo(401);
  }

  @Test
  void anotherPasswordEndsTheLoginsOfTheOldOne() {
    ApiClient before = administrator("acme", "changer");
    operator.put(
        "/api/v1/organizations/acme/administrators/changer",
        Json.object("password", "another password"));
    assertThat(before.get("/api/v1/whoami").status()).isEqualTo(401);
  }

  @Test
  void theLastOperatorStays() {
    ApiClient.Answer answer = operator.delete("/api/v1/operators/admin");
    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.json().at("/code").asText()).isEqualTo("last-operator");
  }
}
