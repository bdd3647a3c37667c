package io.culvert.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.admin.ApiClient.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Logins, from the one-time password to the end of the session. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class LoginTest {
  private static final String LOGIN = "/api/v1/login";
  private static final Duration SESSION = Duration.ofSeconds(3);

  @TempDir static Path directory;
  private static AdminHouse house;

  @BeforeAll
  static void open() {
    house = AdminHouse.open(directory, SESSION);
  }

  @AfterAll
  static void close() {
    house.close();
  }

  private static Answer login(String... fields) {
    return house.nobody().post(LOGIN, Json.object(fields));
  }

  @Test
  void aOneTimePasswordIsGoodForNothingButItsReplacement() {
    try (AdminHouse fresh = AdminHouse.open(directory.resolve("fresh"))) {
      ApiClient nobody = fresh.nobody();
      String once = AdminHouse.ONE_TIME_PASSWORD;
      Answer without = nobody.post(LOGIN, Json.object("userName", "admin", "password", once));
      assertThat(without.status()).isEqualTo(403);
      assertThat(without.json().at("/code").asText()).isEqualTo("password-change-required");
      Answer same =
          nobody.post(
              LOGIN, Json.object("userName", "admin", "password", once, "newPassword", once));
      assertThat(same.status()).isEqualTo(400);
      Answer tooShort =
          nobody.post(
              LOGIN, Json.object("userName", "admin", "password", once, "newPassword", "short"));
      assertThat(tooShort.status()).isEqualTo(400);
      Answer changed =
          nobody.post(
              LOGIN,
              Json.object(
                  "userName", "admin", "password", once, "newPassword", AdminHouse.PASSWORD));
      assertThat(changed.status()).isEqualTo(200);
      assertThat(nobody.as(changed.json().at("/token").asText()).get("/api/v1/whoami").status())
          .isEqualTo(200);
      assertThat(nobody.post(LOGIN, Json.object("userName", "admin", "password", once)).status())
          .isEqualTo(401);
    }
  }

  @Test
  void nobodyLearnsWhichUserExists() {
    house.operator().post("/api/v1/organizations", Json.object("name", "acme"));
    JsonNode wrongPassword = refusal("admin", "not the password");
    for (String user :
        new String[] {"nobody", "nobody@acme", "nobody@nowhere", "@", "admin@", "A B@acme"}) {
      assertThat(refusal(user, "not the password")).as(user).isEqualTo(wrongPassword);
    }
  }

  @Test
  void whoGuessesIsSlowedDown() {
    try (AdminHouse guessed = AdminHouse.open(directory.resolve("slow"))) {
      for (int i = 0; i < 10; i++) {
        String user = i % 2 == 0 ? "admin" : "nobody";
        assertThat(
                guessed
                    .nobody()
                    .post(LOGIN, Json.object("userName", user, "password", "guess"))
                    .status())
            .isEqualTo(401);
      }
      for (String user : new String[] {"admin", "nobody", "somebody"}) {
        Answer slow =
            guessed.nobody().post(LOGIN, Json.object("userName", user, "password", "guess"));
        assertThat(slow.status()).isEqualTo(429);
        assertThat(slow.json().at("/code").asText()).isEqualTo("too-many-guesses");
        assertThat(Integer.parseInt(slow.header("Retry-After"))).isBetween(1, 6);
      }
    }
  }

  @Test
  void aWrongOneTimePasswordIsNotToldToBeOne() {
    try (AdminHouse fresh = AdminHouse.open(directory.resolve("guessed"))) {
      Answer answer =
          fresh.nobody().post(LOGIN, Json.object("userName", "admin", "password", "guess"));
      assertThat(answer.status()).isEqualTo(401);
    }
  }

  private static JsonNode refusal(String user, String password) {
    Answer answer = login("userName", user, "password", password);
    assertThat(answer.status()).isEqualTo(401);
    return answer.json();
  }

  @Test
  void aLoginEndsWithItsTime() {
    ApiClient operator = house.operator();
    Instant deadline = Instant.now().plus(SESSION).plusSeconds(30);
    assertThat(operator.get("/api/v1/whoami").status()).isEqualTo(200);
    while (operator.get("/api/v1/whoami").status() == 200) {
      assertThat(Instant.now()).isBefore(deadline);
    }
    assertThat(operator.get("/api/v1/whoami").status()).isEqualTo(401);
  }

  @Test
  void aTokenThatWasTouchedIsVoid() {
    house.operator();
    String token =
        login("userName", "admin", "password", AdminHouse.PASSWORD).json().at("/token").asText();
    int signature = token.lastIndexOf('.') + 1;
    char other = token.charAt(signature) == 'A' ? 'B' : 'A';
    String touched = token.substring(0, signature) + other + token.substring(signature + 1);
    assertThat(house.nobody().as(touched).get("/api/v1/whoami").status()).isEqualTo(401);
    String unsigned = "eyJhbGciOiJub25lIn0." + token.split("\\.", -1)[1] + ".";
    assertThat(house.nobody().as(unsigned).get("/api/v1/whoami").status()).isEqualTo(401);
  }

  @Test
  void answersAreForNoCache() {
    assertThat(login("userName", "a", "password", "b").header("Cache-Control"))
        .isEqualTo("no-store");
  }

  @Test
  void aBusyServerSaysWhenToComeBack() {
    AdminHouse busy = AdminHouse.open(directory.resolve("busy"));
    try (busy) {
      busy.stopHashing();
      Answer answer =
          busy.nobody().post(LOGIN, Json.object("userName", "admin", "password", "any"));
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.header("Retry-After")).isEqualTo("2");
      assertThat(answer.json().at("/code").asText()).isEqualTo("busy");
    }
  }
}
