package io.culvert.server.admin;

import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.CipherSuite;
import io.culvert.model.vpn.VpnState;
import io.javalin.http.Context;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What administrators hear of ciphers that are only for old devices. */
final class LegacyCiphers {
  private static final Logger LOG = LoggerFactory.getLogger(LegacyCiphers.class);

  private LegacyCiphers() {}

  /** For the VPN as it is; null if there is nothing to warn of. */
  static @Nullable String warning(VpnState state) {
    if (state.settings().cipherSuite().isLegacy()) {
      return "a legacy cipher with blocks of 64 bits is in use: each key carries at most 1 GiB, then"
          + " the tunnel stops until 'vpn rekey'";
    }
    return state.legacyAllowed() ? "legacy ciphers are allowed" : null;
  }

  /** Puts into the server's log who allowed or chose such a cipher; the change is durable. */
  static void audit(Context context, VpnId vpn, Api.VpnPatch patch) {
    Principal who = context.attribute(Requests.PRINCIPAL);
    CipherSuite chosen = patch.cipherSuite();
    if (who == null) {
      return;
    }
    if (Boolean.TRUE.equals(patch.legacyAllowed())) {
      LOG.warn("{} allows legacy ciphers in {}", who.userName(), vpn);
    } else if (chosen != null && chosen.isLegacy()) {
      LOG.warn("{} chose a legacy cipher for {}: {}", who.userName(), vpn, chosen);
    }
  }
}
