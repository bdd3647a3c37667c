package io.culvert.server.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the OpenAPI 3.1 document promises, and whether an answer keeps it. Schemas of OpenAPI 3.1
 * are JSON Schema 2020-12, so a JSON Schema validator reads them where they stand.
 */
final class OpenApiContract {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ID = "https://culvert.invalid/openapi.json";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final JsonNode document;
  private final SchemaRegistry schemas;

  /**
   * Reads a document.
   *
   * @param yaml with anchors and aliases, which Jackson's YAML reader does not follow
   */
  OpenApiContract(String yaml) {
    this.document = JSON.valueToTree(new Yaml(new SafeConstructor(new LoaderOptions())).load(yaml));
    this.schemas =
        SchemaRegistry.withDefaultDialect(
            SpecificationVersion.DRAFT_2020_12,
            builder -> builder.schemas(Map.of(ID, document.toString())));
  }

  JsonNode document() {
    return document;
  }

  /** Every operation as {@code METHOD /path/{parameter}}. */
  Set<String> operations() {
    Set<String> operations = new TreeSet<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method -> {
                          if (METHODS.contains(method)) {
                            operations.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                          }
                        }));
    return operations;
  }

  /**
   * What is wrong with an answer, as sentences; empty if it keeps the promise.
   *
   * @param path without the query
   */
  List<String> violations(
      String method, String path, int status, Optional<String> contentType, String body) {
    Optional<String> template = templateOf(path);
    if (template.isEmpty()) {
      return List.of("the document has no path for " + path);
    }
    String pointer = "/paths/" + escape(template.get()) + "/" + method.toLowerCase(Locale.ROOT);
    JsonNode operation = document.at(pointer);
    if (operation.isMissingNode()) {
      return List.of("the document has no %s %s".formatted(method, template.get()));
    }
    String response = pointer + "/responses/" + status;
    if (document.at(response).isMissingNode()) {
      return List.of(
          "%s %s answered %d, which is not documented: %s"
              .formatted(method, template.get(), status, body));
    }
    return bodyViolations(resolved(response), contentType, body);
  }

  private List<String> bodyViolations(String response, Optional<String> contentType, String body) {
    JsonNode content = document.at(response + "/content");
    if (content.isMissingNode()) {
      return body.isEmpty() ? List.of() : List.of("a body where none is documented: " + body);
    }
    String type = contentType.map(text -> text.split(";", 2)[0]).orElse("none");
    if (!content.has(type)) {
      return List.of("content type %s is not among %s".formatted(type, names(content)));
    }
    Schema schema =
        schemas.getSchema(
            SchemaLocation.of(ID + "#" + response + "/content/" + escape(type) + "/schema"));
    List<String> found = new ArrayList<>();
    try {
      for (Error error : schema.validate(JSON.readTree(body))) {
        found.add(error + " in " + body);
      }
    } catch (IOException e) {
      found.add("not JSON: " + body);
    }
    return found;
  }

  /** Follows one {@code $ref} of a response. */
  private String resolved(String pointer) {
    JsonNode reference = document.at(pointer).get("$ref");
    return reference == null ? pointer : reference.asText().substring(1);
  }

  private Optional<String> templateOf(String path) {
    // A literal path wins over a template that would match it too.
    return names(document.get("paths")).stream()
        .filter(template -> pattern(template).matcher(path).matches())
        .min(Comparator.comparingInt(template -> template.split("\\{", -1).length));
  }

  private static Pattern pattern(String template) {
    StringBuilder regex = new StringBuilder();
    for (String segment : template.substring(1).split("/", -1)) {
      regex.append('/').append(segment.startsWith("{") ? "[^/]+" : Pattern.quote(segment));
    }
    return Pattern.compile(regex.toString());
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    for (Iterator<String> all = object.fieldNames(); all.hasNext(); ) {
      names.add(all.next());
    }
    return names;
  }

  private static String escape(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
