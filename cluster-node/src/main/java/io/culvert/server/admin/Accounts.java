package io.culvert.server.admin;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.directory.DirectoryProtocol.OperatorAccount;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.server.admission.GuessLimiter;
import io.culvert.server.admission.Origin;
import io.culvert.server.authentication.PasswordHasher;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Logins, operators, and administrators of organizations. An operator logs in by name, an
 * organization's administrator as {@code name@organization}.
 */
final class Accounts {
  private static final int SHORTEST_PASSWORD = 10;
  private static final int LONGEST_PASSWORD = 1024;

  private final Entities entities;
  private final PasswordHasher hasher;
  private final BearerTokens tokens;
  private final GuessLimiter guesses;

  Accounts(Entities entities, PasswordHasher hasher, BearerTokens tokens, GuessLimiter guesses) {
    this.entities = entities;
    this.hasher = hasher;
    this.tokens = tokens;
    this.guesses = guesses;
  }

  void register(RoutesConfig routes) {
    routes.post("/api/v1/login", this::login);
    routes.get("/api/v1/whoami", this::whoami);
    routes.get("/api/v1/operators", this::listOperators);
    routes.put("/api/v1/operators/{operator}", this::setOperator);
    routes.delete("/api/v1/operators/{operator}", this::removeOperator);
    routes.put(
        "/api/v1/organizations/{organization}/administrators/{administrator}",
        this::setAdministrator);
    routes.delete(
        "/api/v1/organizations/{organization}/administrators/{administrator}",
        this::removeAdministrator);
  }

  private void login(Context context) {
    Api.LoginRequest request = Requests.body(context, Api.LoginRequest.class);
    String userName = Requests.required(request.userName(), "userName");
    char[] password = Requests.required(request.password(), "password").toCharArray();
    Principal principal = principal(userName);
    Origin origin = Origin.ofText(context.ip());
    requireFewGuesses(context, origin, userName);
    Account account = account(principal);
    boolean verified =
        Entities.await(
            account == null
                ? hasher.verifyNobody(password)
                : hasher.verify(password, account.verifier()));
    Arrays.fill(password, '\0');
    if (account == null || !verified) {
      guesses.failed(origin, userName);
      throw new ApiException(401, "bad-credentials", "the user name or the password is not valid");
    }
    guesses.succeeded(origin, userName);
    if (account.oneTime()) {
      if (request.newPassword() == null) {
        throw new ApiException(
            403,
            "password-change-required",
            "this is a one-time password: send 'newPassword' as well");
      }
      if (request.newPassword().equals(request.password())) {
        throw ApiException.badRequest("the new password must be another one");
      }
    }
    String verifier =
        request.newPassword() == null
            ? account.verifier()
            : setPassword(principal, request.newPassword());
    BearerTokens.Issued issued = tokens.issue(principal, verifier);
    context.json(
        new Api.Login(
            issued.token(), principal.userName(), principal.organization(), issued.expiresAt()));
  }

  private void requireFewGuesses(Context context, Origin origin, String userName) {
    int seconds = (guesses.waitMillis(origin, userName) + 999) / 1000;
    if (seconds > 0) {
      context.header("Retry-After", Integer.toString(seconds));
      throw new ApiException(
          429,
          "too-many-guesses",
          "too many wrong passwords; try again in %d s".formatted(seconds));
    }
  }

  private static Principal principal(String userName) {
    int at = userName.lastIndexOf('@');
    return at < 0
        ? new Principal(userName, null)
        : new Principal(userName, userName.substring(at + 1));
  }

  private record Account(String verifier, boolean oneTime) {}

  /** Null if there is no such account. */
  private @Nullable Account account(Principal principal) {
    DirectoryProtocol.CurrentState directory = directory();
    if (principal.organization() == null) {
      OperatorAccount operator = directory.operators().get(principal.userName());
      return operator == null ? null : new Account(operator.verifier(), operator.oneTime());
    }
    // Whoever guesses names must not bring entities to life.
    if (!directory.organizations().contains(principal.organization())) {
      return null;
    }
    if (entities.organization(principal.organization(), OrganizationProtocol.ReadOrganization::new)
        instanceof OrganizationProtocol.CurrentState state) {
      String verifier = state.administrators().get(local(principal));
      return verifier == null ? null : new Account(verifier, false);
    }
    return null;
  }

  private static String local(Principal principal) {
    return principal.userName().substring(0, principal.userName().lastIndexOf('@'));
  }

  /** Whose token this is; null if it is not, or no longer, valid. */
  @Nullable Principal authenticate(String token) {
    BearerTokens.Claims claims = tokens.verify(token);
    Account account = claims == null ? null : account(claims.principal());
    return claims != null && account != null && tokens.fits(claims, account.verifier())
        ? claims.principal()
        : null;
  }

  /** The new verifier. */
  private String setPassword(Principal principal, String password) {
    String verifier = hash(password);
    String requestId = UUID.randomUUID().toString();
    if (principal.organization() == null) {
      require(
          entities.directory(
              replyTo ->
                  new DirectoryProtocol.SetOperator(
                      requestId, principal.userName(), verifier, replyTo)));
    } else {
      changed(
          entities.organization(
              principal.organization(),
              replyTo ->
                  new OrganizationProtocol.SetAdministrator(
                      requestId, local(principal), verifier, replyTo)));
    }
    return verifier;
  }

  /** The verifier of a password that is long enough. */
  String hash(String password) {
    if (password.length() < SHORTEST_PASSWORD || password.length() > LONGEST_PASSWORD) {
      throw ApiException.badRequest(
          "a password has %d to %d characters".formatted(SHORTEST_PASSWORD, LONGEST_PASSWORD));
    }
    char[] text = password.toCharArray();
    try {
      return Entities.await(hasher.hash(text));
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  private void whoami(Context context) {
    Principal principal = Requests.principal(context);
    context.json(new Api.Whoami(principal.userName(), principal.organization()));
  }

  private void listOperators(Context context) {
    Requests.requireOperator(context);
    context.json(directory().operators().keySet().stream().sorted().toList());
  }

  private DirectoryProtocol.CurrentState directory() {
    return (DirectoryProtocol.CurrentState)
        entities.directory(DirectoryProtocol.ReadDirectory::new);
  }

  private void setOperator(Context context) {
    Requests.requireOperator(context);
    String name = Requests.name(context, "operator");
    String verifier = hash(Requests.required(passwordOf(context), "password"));
    String requestId = Requests.requestId(context);
    long revision =
        require(
            entities.directory(
                replyTo -> new DirectoryProtocol.SetOperator(requestId, name, verifier, replyTo)));
    context.json(new Api.Change(name, revision));
  }

  private void removeOperator(Context context) {
    Requests.requireOperator(context);
    String name = Requests.name(context, "operator");
    String requestId = Requests.requestId(context);
    long revision =
        require(
            entities.directory(
                replyTo -> new DirectoryProtocol.RemoveOperator(requestId, name, replyTo)));
    context.json(new Api.Change(name, revision));
  }

  private void setAdministrator(Context context) {
    String organization = Requests.organization(context);
    String name = Requests.name(context, "administrator");
    String verifier = hash(Requests.required(passwordOf(context), "password"));
    String requestId = Requests.requestId(context);
    long revision =
        changed(
            entities.organization(
                organization,
                replyTo ->
                    new OrganizationProtocol.SetAdministrator(requestId, name, verifier, replyTo)));
    context.json(new Api.Change(name + "@" + organization, revision));
  }

  private void removeAdministrator(Context context) {
    String organization = Requests.organization(context);
    String name = Requests.name(context, "administrator");
    String requestId = Requests.requestId(context);
    long revision =
        changed(
            entities.organization(
                organization,
                replyTo -> new OrganizationProtocol.RemoveAdministrator(requestId, name, replyTo)));
    context.json(new Api.Change(name + "@" + organization, revision));
  }

  private static String passwordOf(Context context) {
    return Requests.body(context, Api.PasswordRequest.class).password();
  }

  static long require(DirectoryProtocol.Reply reply) {
    return switch (reply) {
      case DirectoryProtocol.Changed changed -> changed.revision();
      case DirectoryProtocol.Rejected rejected ->
          throw rejected.reason() == DirectoryProtocol.Reason.INVALID
              ? ApiException.badRequest(rejected.message())
              : ApiException.conflict(code(rejected.reason()), rejected.message());
      case DirectoryProtocol.CurrentState unexpected -> unexpected.revision();
    };
  }

  static long changed(OrganizationProtocol.Reply reply) {
    return switch (reply) {
      case OrganizationProtocol.Changed changed -> changed.revision();
      case OrganizationProtocol.Rejected rejected -> throw refusal(rejected);
      case OrganizationProtocol.VpnRegistered registered -> 0;
      case OrganizationProtocol.CurrentState state -> state.revision();
    };
  }

  static ApiException refusal(OrganizationProtocol.Rejected rejected) {
    return switch (rejected.reason()) {
      case NOT_FOUND -> ApiException.notFound(rejected.message());
      case INVALID -> ApiException.badRequest(rejected.message());
      case POOL_CONFLICT, POOL_EXHAUSTED ->
          ApiException.conflict(code(rejected.reason()), rejected.message());
    };
  }

  static String code(Enum<?> reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
