package io.culvert.server.bootstrap;

import io.culvert.server.pki.ServerIdentity;
import io.culvert.server.pki.ServerTls;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks every minute whether the server has another certificate: because the old one nears its end
 * and was made anew, or because an operator has put one there. One thread of its own.
 */
final class CertificateRenewal implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CertificateRenewal.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final ServerTls tls;
  private final Supplier<ServerIdentity> files;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("culvert-certificates").daemon().factory());

  /**
   * Does nothing yet.
   *
   * @param files reads the identity that the server has on disk, and makes it anew if it is time
   */
  CertificateRenewal(ServerTls tls, Supplier<ServerIdentity> files) {
    this.tls = tls;
    this.files = files;
  }

  CertificateRenewal start() {
    var _ =
        thread.scheduleWithFixedDelay(
            this::check, INTERVAL.toSeconds(), INTERVAL.toSeconds(), TimeUnit.SECONDS);
    return this;
  }

  /** Shows what is there now from the next handshake on. A damaged file changes nothing. */
  void check() {
    try {
      ServerIdentity found = files.get();
      if (!found.chain().equals(tls.identity().chain())) {
        tls.replace(found);
        LOG.info(
            "the server shows a new certificate, valid until {}",
            found.chain().getFirst().getNotAfter().toInstant());
      }
    } catch (RuntimeException e) {
      LOG.warn("the server keeps its certificate, valid until {}", end(), e);
    }
  }

  private Object end() {
    return tls.identity().chain().getFirst().getNotAfter().toInstant();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
