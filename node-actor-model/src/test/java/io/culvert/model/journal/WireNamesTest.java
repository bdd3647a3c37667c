package io.culvert.model.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import io.culvert.model.directory.DirectoryEvent;
import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.node.NodeEvent;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationEvent;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.VpnEvent;
import io.culvert.model.vpn.VpnProtocol;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every member of a sealed family that crosses a process has exactly one wire name. */
class WireNamesTest {
  @ParameterizedTest
  @ValueSource(
      classes = {
        VpnEvent.class,
        VpnProtocol.Reply.class,
        VpnProtocol.FeedMessage.class,
        NodeEvent.class,
        NodeProtocol.Reply.class,
        NodeProtocol.SessionMessage.class,
        OrganizationEvent.class,
        OrganizationProtocol.Reply.class,
        DirectoryEvent.class,
        DirectoryProtocol.Reply.class
      })
  void namesEveryPermittedSubclassOnceInKebabCase(Class<?> family) {
    JsonSubTypes names = Objects.requireNonNull(family.getAnnotation(JsonSubTypes.class));
    Set<Class<?>> named =
        Arrays.stream(names.value()).map(JsonSubTypes.Type::value).collect(Collectors.toSet());
    assertThat(named).isEqualTo(Set.of(family.getPermittedSubclasses()));
    assertThat(Arrays.stream(names.value()).map(JsonSubTypes.Type::name))
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z]+(-[a-z]+)*"));
    assertThat(CborSerializable.class).isAssignableFrom(family);
  }
}
