package io.culvert.model.identity;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * The identity of a VPN: its organization and its name there, written {@code organization/name}.
 *
 * @param organization the organization's name, see {@link Name}
 * @param name the name of the VPN inside its organization, see {@link Name}
 */
public record VpnId(String organization, String name) implements Comparable<VpnId> {
  /** Validates both parts. */
  public VpnId {
    Name.require(organization, "organization");
    Name.require(name, "VPN");
  }

  /**
   * Parses {@code organization/name}.
   *
   * @throws IllegalArgumentException if the text has another form
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static VpnId parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      throw new IllegalArgumentException(
          "'%s' is not a VPN: write organization/name".formatted(text));
    }
    return new VpnId(text.substring(0, slash), text.substring(slash + 1));
  }

  @Override
  public int compareTo(VpnId other) {
    int byOrganization = organization.compareTo(other.organization);
    return byOrganization != 0 ? byOrganization : name.compareTo(other.name);
  }

  @JsonValue
  @Override
  public String toString() {
    return organization + "/" + name;
  }
}
