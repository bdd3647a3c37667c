package io.culvert.server.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.culvert.server.admin.AdminHouse;
import io.culvert.server.admin.cli.Typist.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code culvert admin node import} against a real server. */
@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class NodeImportCommandTest {
  @TempDir static Path directory;
  private static AdminHouse house;
  private static Typist operator;

  @BeforeAll
  static void logIn() throws IOException, CertificateEncodingException {
    house = AdminHouse.open(directory);
    operator = new Typist(directory.resolve("operator").resolve("admin.json"));
    Outcome login = operator.logIn(house, directory.resolve("ca.pem"));
    assertThat(login.status()).as(login.errors()).isZero();
  }

  @AfterAll
  static void close() {
    house.close();
  }

  /** A fresh organization with the VPN v. */
  private static String organization() {
    String name = AdminHouse.freshName("org");
    assertThat(operator.type("organization create " + name).status()).isZero();
    assertThat(operator.type("vpn create %s/v".formatted(name)).status()).isZero();
    return name;
  }

  private static Path list(String content) {
    try {
      return Files.writeString(directory.resolve(AdminHouse.freshName("list") + ".csv"), content);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> members(String organization) {
    JsonNode members = operator.type("member list %s/v --json".formatted(organization)).json();
    return IntStream.range(0, members.size())
        .mapToObj(
            i -> members.get(i).at("/node").asText() + " " + members.get(i).at("/role").asText())
        .toList();
  }

  private static String nodes(String organization) {
    return operator.type("node list " + organization).output();
  }

  @Test
  void importsAFile() {
    String acme = organization();
    Path file = list("name,vpn,role\npump1,v,\n\nhq , v , hub\nalone,,\n");
    Outcome outcome = operator.type("node import %s %s".formatted(acme, file));
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.output())
        .isEqualTo(
            acme + ": 3 nodes: 3 created, 0 existed and were admitted, 0 existed, 0 refused\n");
    assertThat(outcome.status()).isZero();
    assertThat(members(acme)).containsExactly(acme + "/pump1 spoke", acme + "/hq hub");
    assertThat(nodes(acme)).contains(acme + "/alone");
    assertThat(operator.type("node import %s %s".formatted(acme, file)).output())
        .isEqualTo(
            acme + ": 3 nodes: 0 created, 0 existed and were admitted, 3 existed, 0 refused\n");
  }

  @Test
  void importsStandardInputWithOneVpnAndRoleForAll() {
    String acme = organization();
    Outcome outcome =
        operator.typeWith(
            "\uFEFFname,role\r\n\"a\",\r\nb,spoke\r\n",
            "node import %s - --vpn v --role hub --json".formatted(acme));
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.json().at("/nodes")).hasSize(2);
    assertThat(outcome.json().at("/nodes/0/outcome").asText()).isEqualTo("created");
    assertThat(outcome.json().at("/nodes/0").has("token")).isFalse();
    assertThat(members(acme)).containsExactly(acme + "/a hub", acme + "/b spoke");
  }

  @Test
  void writesTokensIntoANewFileOfTheOwner() throws IOException {
    String acme = organization();
    Path file = list("name\na\nb\n");
    Path tokens = directory.resolve(acme + "-tokens.csv");
    Outcome outcome =
        operator.type(
            "node import %s %s --tokens %s --lifetime 2d --json".formatted(acme, file, tokens));
    assertThat(outcome.errors()).isEmpty();
    assertThat(outcome.output()).doesNotContain("culvert1.");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(tokens)))
        .isEqualTo("rw-------");
    List<String> lines = Files.readAllLines(tokens);
    assertThat(lines.getFirst()).isEqualTo("node,token,expiresAt");
    assertThat(lines.get(1)).startsWith(acme + "/a,culvert1.").endsWith("Z");
    assertThat(lines.get(2)).startsWith(acme + "/b,culvert1.").endsWith("Z");
    assertThat(lines).hasSize(3);

    Outcome again = operator.type("node import %s %s --tokens %s".formatted(acme, file, tokens));
    assertThat(again.status()).isEqualTo(1);
    assertThat(again.errors()).contains("exists already; name another file");
    assertThat(Files.readAllLines(tokens)).isEqualTo(lines);

    Outcome shown = operator.type("node import %s %s --tokens -".formatted(acme, file));
    assertThat(shown.output().lines()).as("the same tokens").containsExactlyElementsOf(lines);
    assertThat(shown.errors()).contains("2 existed").contains("2 tokens are in standard output");
    assertThat(
            operator
                .type("node import %s %s --tokens - --json".formatted(acme, file))
                .json()
                .at("/nodes/1/token")
                .asText())
        .isEqualTo(lines.get(2).split(",", -1)[1]);
  }

  @Test
  void leavesNoFileOfTokensIfNothingWasImported() {
    Path tokens = directory.resolve("none.csv");
    Outcome outcome =
        operator.type("node import nowhere %s --tokens %s".formatted(list("name\na\n"), tokens));
    assertThat(outcome.errors()).contains("there is no organization nowhere");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(tokens).doesNotExist();
  }

  @Test
  void importsInBatchesAndSaysHowFarItIs() {
    String acme = organization();
    String names =
        IntStream.range(0, 1_200).mapToObj(i -> "n" + i).collect(Collectors.joining("\n"));
    Outcome outcome =
        operator.typeWith("name\n" + names + "\n", "node import %s - --vpn v".formatted(acme));
    assertThat(outcome.errors()).isEqualTo("1000 of 1200 nodes\n1200 of 1200 nodes\n");
    assertThat(outcome.output()).contains("1200 created");
    assertThat(members(acme)).hasSize(1_200);
  }

  @Test
  void aRefusedBatchNamesItsLines() {
    String acme = organization();
    String names =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "n%d,".formatted(i))
            .collect(Collectors.joining("\n"));
    Outcome outcome =
        operator.typeWith(
            "name,vpn\n" + names + "\nlast,nosuch\n", "node import %s -".formatted(acme));
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.errors())
        .contains("1000 nodes are imported; lines 1002 to 1002 are not: ")
        .contains("nosuch");
  }

  @Test
  void namesLinesThatAreWrongAndImportsNothing() {
    String acme = organization();
    wrong(acme, "name,vpn\na,v\nNot A Name,v\n\nb,v,hub\na,\n", "line 3: node name 'Not A Name'");
    wrong(
        acme, "name,vpn\na,v\nNot A Name,v\n\nb,v,hub\na,\n", "line 5 has 3 values for 2 columns");
    wrong(acme, "name,vpn\na,v\nNot A Name,v\n\nb,v,hub\na,\n", "line 6: 'a' is in line 2 already");
    wrong(acme, "name,role\na,\nb,hub\n", "line 3: a role needs a vpn");
    wrong(acme, "name,vpn,role\na,v,king\n", "line 2: 'king' is not one of hub, spoke");
    wrong(acme, "vpn,name\n,a\nv,\n", "line 3: there is no name");
    wrong(acme, "a\nb\n", "the first line names the columns");
    wrong(acme, "name,colour\na,red\n", "not 'name,colour'");
    wrong(acme, "name,name\na,b\n", "not 'name,name'");
    wrong(acme, "", "there is no line that names the columns");
    wrong(acme, "name\n", "there is no node");
    wrong(acme, "name\n\"a\n", "line ");
    wrong(acme, "name\n" + "X\n".repeat(12), "line 11: ");
    wrong(acme, "name\n" + "X\n".repeat(12), "and 2 lines more");
    assertThat(nodes(acme)).isEmpty();
  }

  private static void wrong(String organization, String list, String sentence) {
    Outcome outcome = operator.typeWith(list, "node import %s -".formatted(organization));
    assertThat(outcome.errors())
        .startsWith("culvert admin: nothing was imported: ")
        .contains(sentence)
        .doesNotContain("\tat ");
    assertThat(outcome.output()).isEmpty();
    assertThat(outcome.status()).isEqualTo(1);
  }

  @Test
  void aDeletedNameIsNamedWithItsLineAndTheOthersAreImported() {
    String acme = organization();
    assertThat(operator.type("node create %s/old".formatted(acme)).status()).isZero();
    assertThat(operator.type("node delete %s/old".formatted(acme)).status()).isZero();
    Outcome outcome =
        operator.typeWith("name\nnew\nold\n", "node import %s - --vpn v".formatted(acme));
    assertThat(outcome.errors()).startsWith("line 3: ").contains("was deleted");
    assertThat(outcome.output()).contains("1 created").contains("1 refused");
    assertThat(outcome.status()).isEqualTo(1);
    assertThat(members(acme)).containsExactly(acme + "/new spoke");
  }

  @Test
  void wrongUsageIsSaid() {
    String acme = organization();
    Path file = list("name\na\n");
    assertThat(operator.type("node import %s %s.none".formatted(acme, file)).errors())
        .contains("there is no file");
    assertThat(operator.type("node import %s %s --lifetime 1h".formatted(acme, file)).errors())
        .contains("it needs --tokens");
    assertThat(operator.type("node import %s %s --role king".formatted(acme, file)).status())
        .isEqualTo(2);
    assertThat(operator.type("node import %s %s --vpn %s/v".formatted(acme, file, acme)).errors())
        .contains("is not the name of a VPN");
    assertThat(operator.type("node import " + acme).status()).isEqualTo(2);
    assertThat(nodes(acme)).isEmpty();
  }
}
