package io.culvert.acceptance.lab;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * A laboratory with a server and a logged-on administrator for all tests of a class. When a test
 * fails its logs and captures are kept under {@code target/artefacts}.
 */
public final class LabExtension implements BeforeAllCallback, AfterAllCallback, TestWatcher {
  private static final String SERVER_ADDRESS = "198.18.2.2";

  private final Laboratory lab;
  private @Nullable CulvertServer server;
  private @Nullable Administrator administrator;

  /**
   * An Internet.
   *
   * @param name tells the laboratories of test classes apart
   */
  public LabExtension(String name) {
    this.lab =
        new Laboratory(CulvertHome.find(), "culvert-it-" + name, Laboratory.newRunDirectory());
  }

  @Override
  public void beforeAll(ExtensionContext context) {
    try {
      lab.build(Laboratory.Shape.INTERNET);
      CulvertServer started = CulvertServer.start(lab.host("srv"), SERVER_ADDRESS);
      server = started;
      administrator = started.logon();
    } catch (LabException e) {
      testFailed(context, e);
      afterAll(context);
      throw e;
    }
  }

  /** One of its hosts. */
  public LabHost host(String name) {
    return lab.host(name);
  }

  /** The running server. */
  public CulvertServer server() {
    return Objects.requireNonNull(server);
  }

  /** Its administrator. */
  public Administrator administrator() {
    return Objects.requireNonNull(administrator);
  }

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    var kept = Artefacts.collect(lab, context.getRequiredTestClass().getSimpleName());
    context.publishReportEntry("artefacts", kept.toString());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    lab.close();
    Artefacts.delete(lab.run());
  }
}
