package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.server.admin.cli.AdminClient.Answer;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code culvert admin login}. */
@Command(
    name = "login",
    sortOptions = false,
    description = {
      "Logs in to a server and keeps the login in a file that only you may read.",
      "Passwords are asked for on the terminal, or read from standard input; never given as arguments."
    },
    footer = {
      "",
      "Examples:",
      "  culvert admin login --server https://vpn.example:8443 --ca ca.pem --user admin",
      "  culvert admin login --server https://vpn.example:8443 --ca-fingerprint 3A:5F:... --user eve@acme",
      "  printf '%%s\\n%%s\\n' \"$ONE_TIME\" \"$NEW\" |",
      "    culvert admin login --server https://vpn.example:8443 --ca ca.pem --user admin --password-stdin --new-password-stdin"
    })
@SuppressWarnings("NullAway.Init") // picocli sets the required options
final class LoginCommand implements Callable<Integer> {
  private static final String CHANGE_REQUIRED = "password-change-required";

  @Mixin private Call call;

  @Option(
      names = "--server",
      required = true,
      paramLabel = "URL",
      description = "https://HOST:PORT of a server's admin API.")
  private String server;

  @ArgGroup(multiplicity = "1")
  private Authority authority;

  @Option(
      names = "--user",
      required = true,
      paramLabel = "NAME",
      description = "An operator's name, or NAME@ORGANIZATION.")
  private String user;

  @Option(
      names = "--password-stdin",
      description = "Read the password from the first line of standard input.")
  private boolean passwordFromInput;

  @Option(
      names = "--new-password-stdin",
      description = "Read a new password from the next line; a one-time password needs one.")
  private boolean newPasswordFromInput;

  @SuppressWarnings("NullAway.Init") // picocli sets one of the two
  private static final class Authority {
    @Option(
        names = "--ca",
        paramLabel = "FILE",
        description = "The cluster's CA certificate: ca.pem in a server's data directory.")
    private @Nullable Path file;

    @Option(
        names = "--ca-fingerprint",
        paramLabel = "SHA256",
        description = "The fingerprint of that certificate, instead of the file.")
    private @Nullable String fingerprint;
  }

  @Override
  public Integer call() {
    URI uri = uri();
    Surroundings around = call.surroundings();
    String password =
        passwordFromInput
            ? around.line("the password")
            : around.ask("Password of %s: ".formatted(user), "use --password-stdin");
    String newPassword = newPasswordFromInput ? around.line("the new password") : null;
    String trusted = trusted(uri);
    try (AdminClient client = new AdminClient(uri, trusted, null)) {
      Answer answer = login(client, around, password, newPassword);
      Session session =
          new Session(
              uri.toString(),
              trusted,
              answer.json().path("userName").asText(),
              answer.json().path("token").asText(),
              answer.json().path("expiresAt").asText());
      session.write(call.sessionFile());
      call.say(
          call.isForPrograms()
              ? Call.body()
                  .put("userName", session.userName())
                  .put("expiresAt", session.expiresAt())
                  .toString()
              : "logged in as %s until %s".formatted(session.userName(), session.expiresAt()));
      return 0;
    }
  }

  private Answer login(
      AdminClient client, Surroundings around, String password, @Nullable String newPassword) {
    try {
      return send(client, password, newPassword);
    } catch (CommandFailure refused) {
      if (!refused.code().equals(CHANGE_REQUIRED)) {
        throw refused;
      }
      String instead = "this is a one-time password: use --new-password-stdin as well";
      String chosen = around.ask("This is a one-time password. Your new password: ", instead);
      if (!chosen.equals(around.ask("The new password again: ", instead))) {
        throw CommandFailure.local("the two differ; nothing was changed");
      }
      return send(client, password, chosen);
    }
  }

  private Answer send(AdminClient client, String password, @Nullable String newPassword) {
    ObjectNode body = Call.body().put("userName", user).put("password", password);
    if (newPassword != null) {
      body.put("newPassword", newPassword);
    }
    return client.send("POST", Call.path("login"), body);
  }

  private String trusted(URI uri) {
    if (authority.file != null) {
      return ClusterTrust.readFile(authority.file);
    }
    if (authority.fingerprint == null) {
      throw new IllegalStateException("picocli wants one of the two");
    }
    return ClusterTrust.fetch(uri, authority.fingerprint);
  }

  private URI uri() {
    try {
      URI uri = new URI(server);
      if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException e) {
      // the same sentence as for another form
    }
    throw CommandFailure.local("--server is https://HOST:PORT, not '%s'".formatted(server));
  }
}
