package io.culvert.agent.main;

import io.culvert.agent.enrolment.StateSeal;
import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;

/** Seals with keys of their own. */
final class Seals {
  private Seals() {}

  static StateSeal fresh(String nodeId) {
    try {
      return new StateSeal(
          nodeId, KeyPairGenerator.getInstance("EC").generateKeyPair().getPrivate());
    } catch (GeneralSecurityException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
