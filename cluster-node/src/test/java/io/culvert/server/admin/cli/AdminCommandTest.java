package io.culvert.server.admin.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.protocol.v1.EnrolmentToken;
import io.culvert.server.LoopbackPorts;
import io.culvert.server.admin.AdminHouse;
import io.culvert.server.admin.cli.Typist.Outcome;
import io.culvert.server.pki.CertificateAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@SuppressWarnings("NullAway.Init") // JUnit sets the fields before the first test
final class AdminCommandTest {
  @TempDir static Path directory;
  private static AdminHouse house;
  private static Typist operator;
  private static String url;
  private static Path authority;

  @BeforeAll
  static void logIn() throws IOException, CertificateEncodingException {
    house = AdminHouse.open(directory);
    url = "https://127.0.0.1:" + house.port();
    authority = directory.resolve("ca.pem");
    operator = new Typist(directory.resolve("operator").resolve("admin.json"));
    Outcome login = operator.logIn(house, authority);
    assertThat(login.errors()).isEmpty();
    assertThat(login.output()).startsWith("logged in as admin until ");
    assertThat(login.status()).isZero();
  }

  @AfterAll
  static void close() {
    house.close();
  }

  private static String organization() {
    String name = AdminHouse.freshName("org");
    assertThat(done("organization create " + name)).isEqualTo(name + ": done\n");
    return name;
  }

  private static String done(String line) {
    Outcome outcome = operator.type(line);
    assertThat(outcome.errors()).as(line).isEmpty();
    assertThat(outcome.status()).as(line).isZero();
    return outcome.output();
  }

  private static void refused(int status, String sentence, String line) {
    Outcome outcome = operator.type(line);
    assertThat(outcome.errors()).as(line).contains(sentence).doesNotContain("\tat ");
    assertThat(outcome.output()).as(line).isEmpty();
    assertThat(outcome.status()).as(line).isEqualTo(status);
  }

  @Test
  void theSessionFileIsForItsOwnerOnly() throws IOException {
    Path file = directory.resolve("operator").resolve("admin.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(file)).doesNotContain(AdminHouse.PASSWORD);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())))
        .isEqualTo("rwx------");
  }

  @Test
  void theWayOfTheDemonstrationWorks() {
    String acme = organization();
    Instant before = Instant.now();
    Outcome vpn = operator.type("vpn create %s/office --json".formatted(acme));
    assertThat(vpn.json().at("/vpn").asText()).isEqualTo(acme + "/office");
    assertThat(vpn.json().at("/revision").asLong()).isEqualTo(1);
    assertThat(Instant.parse(vpn.json().at("/acceptedAt").asText()))
        .isBetween(before, Instant.now());
    assertThat(done("node create %s/n1".formatted(acme))).isEqualTo(acme + "/n1: done\n");
    assertThat(done("member add %s/office %s/n1".formatted(acme, acme)))
        .isEqualTo(acme + "/office: revision 2\n");
    assertThat(done("member add %s/office %s/n1 --role hub".formatted(acme, acme)))
        .isEqualTo(acme + "/office: revision 3\n");
    assertThat(done("vpn set %s/office --cipher aes-128-gcm".formatted(acme)))
        .isEqualTo(acme + "/office: revision 4\n");
    assertThat(done("vpn rekey %s/office".formatted(acme)))
        .isEqualTo(acme + "/office: revision 5\n");
    assertThat(operator.type("member list %s/office --json".formatted(acme)).json())
        .hasSize(1)
        .first()
        .satisfies(
            member -> {
              assertThat(member.at("/node").asText()).isEqualTo(acme + "/n1");
              assertThat(member.at("/role").asText()).isEqualTo("hub");
              assertThat(member.at("/online").asBoolean()).isFalse();
              assertThat(member.at("/server").isNull()).isTrue();
            });
    assertThat(done("member remove %s/office %s/n1".formatted(acme, acme)))
        .isEqualTo(acme + "/office: revision 6\n");
    assertThat(done("vpn delete %s/office".formatted(acme)))
        .isEqualTo(acme + "/office: revision 7\n");
    assertThat(done("vpn list " + acme)).isEmpty();
  }

  @Test
  void aTokenIsPrintedAloneAndNamesServersNodeAndCertificateAuthority()
      throws InvalidProtocolBufferException {
    String acme = organization();
    done("node create %s/laptop".formatted(acme));
    String text = done("token create %s/laptop --lifetime 30m".formatted(acme));
    assertThat(text).startsWith("culvert1.").endsWith("\n").hasLineCount(1);
    EnrolmentToken token =
        EnrolmentToken.parseFrom(
            Base64.getUrlDecoder().decode(text.strip().substring("culvert1.".length())));
    assertThat(token.getServersList()).containsExactly("vpn.example:443", "198.18.2.2:443");
    assertThat(token.getNodeId()).isEqualTo(acme + "/laptop");
    assertThat(token.getSecret().size()).isEqualTo(32);
    assertThat(token.getCaFingerprint().toByteArray())
        .isEqualTo(CertificateAuthority.fingerprint(house.authority()));
  }

  @Test
  void tablesAreAligned() {
    String acme = organization();
    done("vpn create %s/v".formatted(acme));
    done("node create %s/a-node-with-a-long-name".formatted(acme));
    done("node create %s/b".formatted(acme));
    done("member add %s/v %s/a-node-with-a-long-name".formatted(acme, acme));
    done("member add %s/v %s/b".formatted(acme, acme));
    String[] lines = done("member list %s/v".formatted(acme)).split("\n", -1);
    assertThat(lines[0]).startsWith("NODE").contains("IPV4", "APPLIED REVISION");
    int column = lines[0].indexOf("IPV4");
    assertThat(lines[1].substring(column)).startsWith("100.64.0.2 ");
    assertThat(lines[2].substring(column)).startsWith("100.64.0.3 ");
  }

  @Test
  void waitingCountsTheAgentsThatHaveApplied() {
    String acme = organization();
    done("vpn create %s/v".formatted(acme));
    done("node create %s/n".formatted(acme));
    done("member add %s/v %s/n".formatted(acme, acme));
    house.revisions().tell(new VpnId(acme, "v"), new NodeId(acme, "n"), 1_000);
    assertThat(done("vpn rekey %s/v --wait".formatted(acme)))
        .isEqualTo(acme + "/v: revision 3, applied by 1 of 1 online agents\n");
    assertThat(done("vpn show %s/v".formatted(acme)))
        .contains("revision 3: 1 of 1 applied, 0 offline");
  }

  @Test
  void legacyCiphersAreAllowedFirst() {
    String acme = organization();
    done("vpn create %s/v".formatted(acme));
    String choose = "vpn set %s/v --cipher 3des-cbc-hmac-sha256".formatted(acme);
    refused(1, "--allow-legacy", choose);
    assertThat(done("vpn set %s/v --allow-legacy".formatted(acme)))
        .isEqualTo(acme + "/v: revision 2\n");
    assertThat(done(choose)).isEqualTo(acme + "/v: revision 3\n");
    assertThat(done("vpn show %s/v".formatted(acme))).contains("warning", "1 GiB");
    refused(1, "choose another one first", "vpn set %s/v --no-allow-legacy".formatted(acme));
    done("vpn set %s/v --cipher aes-256-cbc-hmac-sha512".formatted(acme));
    done("vpn set %s/v --no-allow-legacy".formatted(acme));
    refused(1, "--allow-legacy", choose);
    refused(2, "mutually exclusive", "vpn set a/b --allow-legacy --topology full-mesh");
  }

  @Test
  void waitingInVainEndsWithStatusOne() {
    String acme = organization();
    done("vpn create %s/v".formatted(acme));
    done("node create %s/slow".formatted(acme));
    done("member add %s/v %s/slow".formatted(acme, acme));
    house.revisions().tell(new VpnId(acme, "v"), new NodeId(acme, "slow"), 0);
    Outcome outcome = operator.type("vpn rekey %s/v --wait".formatted(acme));
    assertThat(outcome.output())
        .isEqualTo(acme + "/v: revision 3, applied by 0 of 1 online agents\n");
    assertThat(outcome.status()).isEqualTo(1);
  }

  @Test
  void aNodeGetsItsPasswordFromStandardInput() {
    String acme = organization();
    Outcome made =
        operator.typeWith(
            "a long node password\n",
            "node create %s/n --user eve --password-stdin".formatted(acme));
    assertThat(made.status()).isZero();
    assertThat(
            operator.type("node show %s/n --json".formatted(acme)).json().at("/userName").asText())
        .isEqualTo("eve");
    assertThat(done("node suspend %s/n".formatted(acme))).isEqualTo(acme + "/n: done\n");
    assertThat(done("node show %s/n".formatted(acme))).contains("suspended");
    done("node resume %s/n".formatted(acme));
    done("node delete %s/n".formatted(acme));
    assertThat(done("node list " + acme)).isEmpty();
  }

  @Test
  void anAdministratorLogsInWithAPinnedFingerprint() {
    String acme = organization();
    assertThat(
            operator
                .typeWith(
                    AdminHouse.PASSWORD + "\n",
                    "administrator set %s eve --password-stdin".formatted(acme))
                .status())
        .isZero();
    Typist eve = new Typist(directory.resolve(acme + ".json"));
    String pin =
        HexFormat.ofDelimiter(":")
            .withUpperCase()
            .formatHex(CertificateAuthority.fingerprint(house.authority()));
    Outcome login =
        eve.typeWith(
            AdminHouse.PASSWORD,
            "login --server %s --ca-fingerprint %s --user eve@%s --password-stdin"
                .formatted(url, pin, acme));
    assertThat(login.errors()).isEmpty();
    assertThat(eve.type("organization list").output()).isEqualTo(acme + "\n");
    assertThat(eve.type("whoami").output()).contains("eve@" + acme);
    assertThat(eve.type("operator list").status()).isEqualTo(1);
    assertThat(eve.type("logout").output()).isEqualTo("logged out\n");
    assertThat(eve.type("whoami").errors()).contains("you are not logged in");
  }

  @Test
  void anotherPinIsNotTrusted() {
    Outcome login =
        new Typist(directory.resolve("nobody.json"))
            .typeWith(
                AdminHouse.PASSWORD,
                "login --server %s --ca-fingerprint %s --user admin --password-stdin"
                    .formatted(url, "00".repeat(32)));
    assertThat(login.errors()).contains("does not present the CA certificate");
    assertThat(login.status()).isEqualTo(3);
  }

  @Test
  void aServerThatIsNotThereIsStatusThree() {
    int free = LoopbackPorts.free();
    Outcome login =
        new Typist(directory.resolve("nobody.json"))
            .typeWith(
                "x",
                "login --server https://127.0.0.1:%d --ca %s --user admin --password-stdin"
                    .formatted(free, authority));
    assertThat(login.errors()).contains("cannot reach https://127.0.0.1:" + free);
    assertThat(login.status()).isEqualTo(3);
  }

  @Test
  void aWrongPasswordIsStatusOneAndKeepsNoSession() {
    Typist nobody = new Typist(directory.resolve("nobody.json"));
    Outcome login =
        nobody.typeWith(
            "wrong",
            "login --server %s --ca %s --user admin --password-stdin".formatted(url, authority));
    assertThat(login.errors())
        .isEqualTo("culvert admin: the user name or the password is not valid\n");
    assertThat(login.status()).isEqualTo(1);
    assertThat(directory.resolve("nobody.json")).doesNotExist();
  }

  @Test
  void wrongUsageIsStatusTwoAndSaysWhatIsRight() {
    refused(2, "write organization/name", "vpn show office");
    refused(2, "aes-256-gcm, aes-128-gcm", "vpn create a/b --cipher des");
    refused(2, "hub, spoke", "member add a/b a/c --role king");
    refused(2, "30m, 1h or 2d", "token create a/b --lifetime soon");
    refused(2, "Unknown option", "vpn list a --colour");
    refused(2, "Try: culvert admin vpn list --help", "vpn list a --colour");
    refused(2, "organization", "organisation list");
    refused(2, "Missing required", "vpn set a/b");
    refused(2, "Missing required", "login --user admin");
    refused(2, "Missing required subcommand", "vpn");
  }

  @Test
  void refusalsOfTheServerAreStatusOne() {
    refused(1, "there is no organization", "vpn list nowhere");
    refused(1, "another organization", "member add a/b c/d");
    refused(1, "there is no terminal", "operator set grace");
  }

  @Test
  void everyCommandHasHelpWithAnExample() {
    for (String group :
        new String[] {
          "login",
          "logout",
          "whoami",
          "organization",
          "organization create",
          "organization list",
          "organization show",
          "vpn",
          "vpn create",
          "vpn list",
          "vpn show",
          "vpn set",
          "vpn rekey",
          "vpn delete",
          "member",
          "member add",
          "member remove",
          "member list",
          "node",
          "node create",
          "node import",
          "node password",
          "node list",
          "node show",
          "node suspend",
          "node resume",
          "node delete",
          "token",
          "token create",
          "operator",
          "operator list",
          "operator set",
          "operator remove",
          "administrator",
          "administrator set",
          "administrator remove",
          "server",
          "server list",
          "server drain"
        }) {
      Outcome help = operator.type(group + " --help");
      assertThat(help.status()).as(group).isZero();
      assertThat(help.output()).as(group).contains("Example").contains("culvert admin " + group);
    }
  }
}
