package io.culvert.agent.netlink;

import io.culvert.agent.linux.Errno;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The kernel refused a request. */
public final class NetlinkException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  NetlinkException(int errno, @Nullable String kernelText) {
    super(kernelText == null ? Errno.text(errno) : kernelText + ": " + Errno.text(errno));
    this.errno = errno;
  }

  /** The error number. */
  public int errno() {
    return errno;
  }
}
