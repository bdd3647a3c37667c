package io.culvert.server.admin.cli;

import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import java.io.PrintWriter;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.TypeConversionException;

/** {@code culvert admin}: what administrators type. */
@Command(
    name = "culvert admin",
    mixinStandardHelpOptions = true,
    version = "culvert admin 0.1.0",
    description = "Manages organizations, VPNs, nodes and memberships on a server.",
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      LoginCommand.class,
      OrganizationCommands.class,
      VpnCommands.class,
      MemberCommands.class,
      NodeCommands.class,
      TokenCommands.class,
      OperatorCommands.class,
      AdministratorCommands.class,
      ServerCommands.class
    },
    footer = {
      "",
      "Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 the server cannot be reached.",
      "",
      "Examples:",
      "  culvert admin login --server https://vpn.example:8443 --ca ca.pem --user admin",
      "  culvert admin organization create acme",
      "  culvert admin vpn create acme/office",
      "  culvert admin node create acme/laptop",
      "  culvert admin member add acme/office acme/laptop --wait",
      "  culvert agent up --token \"$(culvert admin token create acme/laptop)\"",
      "  culvert admin backup FILE, culvert admin restore FILE     at a server's computer; see their --help"
    })
public final class AdminCommand {
  private final Surroundings surroundings;

  private AdminCommand(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** Entry point. */
  public static void main(String... arguments) {
    System.exit(commandLine(Surroundings.ofProcess()).execute(arguments));
  }

  /** The command line of this process. */
  public static CommandLine commandLine() {
    return commandLine(Surroundings.ofProcess());
  }

  static CommandLine commandLine(Surroundings surroundings) {
    return new CommandLine(new AdminCommand(surroundings))
        .registerConverter(VpnId.class, converter(VpnId::parse))
        .registerConverter(NodeId.class, converter(NodeId::parse))
        .setUsageHelpAutoWidth(true)
        .setParameterExceptionHandler(AdminCommand::onWrongUsage)
        .setExecutionExceptionHandler(AdminCommand::onFailure);
  }

  private static <T> ITypeConverter<T> converter(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    };
  }

  /** One sentence, and where to read more: a page of help would hide the sentence. */
  private static int onWrongUsage(CommandLine.ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("culvert admin: " + failure.getMessage());
    var _ = CommandLine.UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try: %s --help".formatted(command.getCommandSpec().qualifiedName()));
    err.flush();
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  /**
   * One sentence, no stack trace: a failure that is none of ours is a defect and is shown whole.
   */
  private static int onFailure(
      Exception failure, CommandLine command, CommandLine.ParseResult parsed) throws Exception {
    if (failure instanceof CommandFailure known) {
      command.getErr().println("culvert admin: " + known.getMessage());
      command.getErr().flush();
      return known.exitStatus();
    }
    throw failure;
  }

  Surroundings surroundings() {
    return surroundings;
  }

  @Command(
      name = "whoami",
      description = "Shows who you are, as the server knows it.",
      footer = {"", "Example:", "  culvert admin whoami"})
  int whoami(@Mixin Call call) {
    return call.show(Call.path("whoami"));
  }

  @Command(
      name = "logout",
      description = "Forgets the login on this computer.",
      footer = {"", "Example:", "  culvert admin logout"})
  int logout(@Mixin Call call) {
    call.say(Session.delete(call.sessionFile()) ? "logged out" : "nobody was logged in");
    return 0;
  }
}
