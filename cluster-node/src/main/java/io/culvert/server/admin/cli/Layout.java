package io.culvert.server.admin.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Answers of the API for people: a list, a table, or one thing with its properties. */
final class Layout {
  private static final String GAP = "  ";

  private Layout() {}

  /** Lines without a line end after the last one; empty if there is nothing to say. */
  static String of(JsonNode answer) {
    if (answer.isArray()) {
      return answer.isEmpty() || !answer.get(0).isObject() ? lines(answer) : table(answer);
    }
    return answer.isObject() ? properties(answer) : cell(answer);
  }

  private static String lines(JsonNode array) {
    return elements(array).map(Layout::cell).collect(Collectors.joining("\n"));
  }

  private static String table(JsonNode array) {
    List<String> fields = new ArrayList<>();
    array.get(0).fieldNames().forEachRemaining(fields::add);
    List<List<String>> rows = new ArrayList<>();
    rows.add(fields.stream().map(field -> words(field).toUpperCase(Locale.ROOT)).toList());
    elements(array)
        .forEach(row -> rows.add(fields.stream().map(field -> cell(row.path(field))).toList()));
    return aligned(rows);
  }

  private static String properties(JsonNode object) {
    List<List<String>> rows = new ArrayList<>();
    object
        .properties()
        .forEach(
            property -> {
              if (!property.getValue().isNull()) {
                rows.add(List.of(words(property.getKey()), cell(property.getValue())));
              }
            });
    return aligned(rows);
  }

  private static String aligned(List<List<String>> rows) {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size(); i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> padded(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String padded(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      line.append(row.get(i)).repeat(' ', widths[i] - row.get(i).length()).append(GAP);
    }
    return line.toString().stripTrailing();
  }

  private static String cell(JsonNode value) {
    if (value.isNull() || value.isMissingNode()) {
      return "-";
    }
    if (value.isBoolean()) {
      return value.asBoolean() ? "yes" : "no";
    }
    if (value.isArray()) {
      return value.isEmpty()
          ? "-"
          : elements(value).map(Layout::cell).collect(Collectors.joining(", "));
    }
    return value.asText();
  }

  private static Stream<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false);
  }

  /** {@code appliedRevision} in words: applied revision. */
  private static String words(String field) {
    return field.replaceAll("([A-Z])", " $1").toLowerCase(Locale.ROOT);
  }
}
