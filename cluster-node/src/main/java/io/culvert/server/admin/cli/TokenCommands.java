package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.culvert.model.identity.NodeId;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code culvert admin token}. */
@Command(
    name = "token",
    aliases = "tokens",
    mixinStandardHelpOptions = true,
    description = "Makes enrolment tokens.",
    footer = {"", "Example:", "  culvert admin token create acme/laptop"})
final class TokenCommands {
  /** A number with s, m, h or d. */
  static final class Lifetime implements ITypeConverter<Duration> {
    private static final Pattern FORM = Pattern.compile("(\\d{1,8})([smhd])");

    @Override
    public Duration convert(String text) {
      Matcher parts = FORM.matcher(text);
      if (!parts.matches()) {
        throw new TypeConversionException(
            "'%s' is not a time: write for example 30m, 1h or 2d".formatted(text));
      }
      long number = Long.parseLong(parts.group(1));
      return switch (parts.group(2).charAt(0)) {
        case 's' -> Duration.ofSeconds(number);
        case 'm' -> Duration.ofMinutes(number);
        case 'h' -> Duration.ofHours(number);
        default -> Duration.ofDays(number);
      };
    }
  }

  @Command(
      name = "create",
      description = {
        "Makes a one-time enrolment token and prints it, and nothing else.",
        "It names the servers and the node and pins the cluster's CA. An earlier unused token of the node becomes void."
      },
      footer = {
        "",
        "Examples:",
        "  culvert admin token create acme/laptop --lifetime 30m",
        "  culvert agent up --token \"$(culvert admin token create acme/laptop)\""
      })
  int create(
      @Mixin Call call,
      @Parameters(paramLabel = "ORG/NODE", description = "The node.") NodeId node,
      @Option(
              names = "--lifetime",
              paramLabel = "TIME",
              converter = Lifetime.class,
              description = "For example 30m, 1h, 2d; default: the server's.")
          @Nullable Duration lifetime) {
    ObjectNode body = Call.body();
    if (lifetime != null) {
      body.put("lifetimeSeconds", lifetime.toSeconds());
    }
    return call.change(
        "POST", NodeCommands.path(node, "tokens"), body, answer -> answer.path("token").asText());
  }
}
