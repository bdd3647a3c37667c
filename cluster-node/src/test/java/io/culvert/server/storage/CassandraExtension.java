package io.culvert.server.storage;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the three nodes of this JVM: they are started for the first test that wants them, and
 * end after the last test of all. Whoever ends a node starts it again.
 */
public final class CassandraExtension implements ParameterResolver {
  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(CassandraExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == CassandraNodes.class;
  }

  @Override
  public CassandraNodes resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(CassandraNodes.class, key -> started(), CassandraNodes.class);
  }

  private static CassandraNodes started() {
    try {
      return CassandraNodes.start();
    } catch (Exception e) {
      throw new AssertionError("Cassandra has not started", e);
    }
  }
}
