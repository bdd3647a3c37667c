package io.culvert.server.admin.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.culvert.model.identity.Name;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A list of nodes as administrators keep it: CSV (RFC 4180), whose first line names the columns
 * {@code name}, and, if wanted, {@code vpn} and {@code role}.
 */
final class NodeList {
  /** What a spreadsheet may put before the first line. */
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private static final List<String> COLUMNS = List.of("name", "vpn", "role");
  private static final int MOST_PROBLEMS = 10;
  private static final CsvMapper CSV =
      CsvMapper.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private final @Nullable String vpn;
  private final @Nullable String role;
  private final List<Entry> entries = new ArrayList<>();
  private final Map<String, Long> lineOf = new HashMap<>();
  private final List<String> problems = new ArrayList<>();

  private NodeList(@Nullable String vpn, @Nullable String role) {
    this.vpn = vpn;
    this.role = role;
  }

  /**
   * A node.
   *
   * @param line where it stands, from 1
   * @param vpn null: it shall be no member
   * @param role null: the server's default
   */
  record Entry(long line, String name, @Nullable String vpn, @Nullable String role) {}

  /**
   * Reads all of it.
   *
   * @param vpn of nodes whose line names none
   * @param role of members whose line names none
   * @throws CommandFailure with the lines that are wrong
   */
  static List<Entry> read(String text, @Nullable String vpn, @Nullable String role) {
    NodeList list = new NodeList(vpn, role);
    String csv = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    try (MappingIterator<List<String>> rows = CSV.readerForListOf(String.class).readValues(csv)) {
      list.read(rows);
    } catch (JsonProcessingException e) {
      list.problems.add(
          "line %d is not CSV: %s".formatted(e.getLocation().getLineNr(), e.getOriginalMessage()));
    } catch (IOException e) {
      throw new AssertionError("a text in memory", e);
    }
    if (!list.problems.isEmpty()) {
      throw CommandFailure.local("nothing was imported: " + list.problems());
    }
    return list.entries;
  }

  private String problems() {
    int more = problems.size() - MOST_PROBLEMS;
    return String.join("; ", problems.subList(0, Math.min(problems.size(), MOST_PROBLEMS)))
        + (more > 0 ? "; and %d lines more".formatted(more) : "");
  }

  private void read(MappingIterator<List<String>> rows) throws IOException {
    if (!rows.hasNextValue()) {
      problems.add("there is no line that names the columns");
      return;
    }
    List<String> header = rows.nextValue();
    if (!header.contains("name")
        || !COLUMNS.containsAll(header)
        || header.stream().distinct().count() != header.size()) {
      problems.add(
          "the first line names the columns, name and if wanted vpn and role, not '%s'"
              .formatted(String.join(",", header)));
      return;
    }
    while (rows.hasNextValue()) {
      long line = rows.getCurrentLocation().getLineNr();
      List<String> values = rows.nextValue();
      if (values.size() > header.size()) {
        problems.add(
            "line %d has %d values for %d columns".formatted(line, values.size(), header.size()));
      } else {
        add(line, value("name", header, values), header, values);
      }
    }
    if (entries.isEmpty() && problems.isEmpty()) {
      problems.add("there is no node");
    }
  }

  private static @Nullable String value(String column, List<String> header, List<String> values) {
    int position = header.indexOf(column);
    String value = position < 0 || position >= values.size() ? "" : values.get(position);
    return value.isEmpty() ? null : value;
  }

  private void add(long line, @Nullable String name, List<String> header, List<String> values) {
    String ownVpn = value("vpn", header, values);
    String ownRole = value("role", header, values);
    String member = ownVpn == null ? vpn : ownVpn;
    String problem = problem(name, member, ownRole);
    if (problem == null && name != null) {
      Long earlier = lineOf.putIfAbsent(name, line);
      if (earlier != null) {
        problem = "'%s' is in line %d already".formatted(name, earlier);
      }
      entries.add(
          new Entry(line, name, member, member == null || ownRole != null ? ownRole : role));
    }
    if (problem != null) {
      problems.add("line %d: %s".formatted(line, problem));
    }
  }

  private static @Nullable String problem(
      @Nullable String name, @Nullable String vpn, @Nullable String role) {
    if (name == null) {
      return "there is no name";
    }
    try {
      var _ = Name.require(name, "node");
      if (vpn != null) {
        var _ = Name.require(vpn, "VPN");
      }
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
    if (role != null && vpn == null) {
      return "a role needs a vpn";
    }
    return role == null || new Choices.Roles().contains(role)
        ? null
        : "'%s' is not one of %s".formatted(role, String.join(", ", new Choices.Roles()));
  }
}
