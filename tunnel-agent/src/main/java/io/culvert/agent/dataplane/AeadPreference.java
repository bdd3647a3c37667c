package io.culvert.agent.dataplane;

/** Which implementation of the AEAD transforms the engine should use. */
public enum AeadPreference {
  /** intel-ipsec-mb where it is installed and passes its self-test, otherwise the JDK. */
  FASTEST,
  /** The JDK's own. */
  JDK
}
