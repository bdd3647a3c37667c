package io.culvert.server.admin;

import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.organization.OrganizationProtocol;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.List;

/** Organizations. Only operators make them; an organization's administrator sees its own. */
final class Organizations {
  private static final int LONGEST_DISPLAY_NAME = 128;

  private final Entities entities;

  Organizations(Entities entities) {
    this.entities = entities;
  }

  void register(RoutesConfig routes) {
    routes.get("/api/v1/organizations", this::list);
    routes.post("/api/v1/organizations", this::create);
    routes.get("/api/v1/organizations/{organization}", this::show);
  }

  private void list(Context context) {
    Principal principal = Requests.principal(context);
    if (entities.directory(DirectoryProtocol.ReadDirectory::new)
        instanceof DirectoryProtocol.CurrentState state) {
      context.json(state.organizations().stream().filter(principal::mayManage).toList());
    }
  }

  /** The list first, then the thing (ADR 0005); both may be repeated. */
  private void create(Context context) {
    Requests.requireOperator(context);
    Api.OrganizationRequest request = Requests.body(context, Api.OrganizationRequest.class);
    String name = Requests.validName(Requests.required(request.name(), "name"), "organization");
    String displayName =
        request.displayName() == null
            ? name
            : Requests.required(request.displayName(), "displayName", LONGEST_DISPLAY_NAME);
    String requestId = Requests.requestId(context);
    var _ =
        Accounts.require(
            entities.directory(
                replyTo -> new DirectoryProtocol.RegisterOrganization(requestId, name, replyTo)));
    long revision =
        Accounts.changed(
            entities.organization(
                name,
                replyTo ->
                    new OrganizationProtocol.CreateOrganization(requestId, displayName, replyTo)));
    context.status(201).json(new Api.Change(name, revision));
  }

  private void show(Context context) {
    OrganizationProtocol.CurrentState state = read(entities, Requests.organization(context));
    context.json(
        new Api.Organization(
            state.name(),
            state.displayName(),
            List.copyOf(state.vpns()),
            List.copyOf(state.nodes()),
            state.administrators().keySet().stream().sorted().toList()));
  }

  static OrganizationProtocol.CurrentState read(Entities entities, String name) {
    return switch (entities.organization(name, OrganizationProtocol.ReadOrganization::new)) {
      case OrganizationProtocol.CurrentState state -> state;
      case OrganizationProtocol.Rejected rejected -> throw Accounts.refusal(rejected);
      case OrganizationProtocol.Changed unexpected -> throw new IllegalStateException();
      case OrganizationProtocol.VpnRegistered unexpected -> throw new IllegalStateException();
    };
  }
}
