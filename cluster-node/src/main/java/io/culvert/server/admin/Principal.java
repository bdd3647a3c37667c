package io.culvert.server.admin;

import org.jspecify.annotations.Nullable;

/**
 * Who sent a request.
 *
 * @param organization the only one that the sender may touch; null for an operator, who may touch
 *     all
 */
record Principal(String userName, @Nullable String organization) {
  boolean mayManage(String name) {
    return organization == null || organization.equals(name);
  }

  boolean isOperator() {
    return organization == null;
  }
}
