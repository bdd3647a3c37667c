package io.culvert.agent.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Set;

/** Makes handles of the C library's functions. Each takes an {@link ErrnoCell} first. */
final class NativeFunctions {
  private static final Set<String> ARCHITECTURES = Set.of("amd64", "x86_64", "aarch64");
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup LOOKUP = LINKER.defaultLookup();

  private NativeFunctions() {}

  /** A function that may block. */
  static MethodHandle blocking(String name, FunctionDescriptor signature) {
    return handle(name, signature, captureErrno());
  }

  /** A function with a variable argument list from argument {@code first} on. */
  static MethodHandle variadic(String name, int first, FunctionDescriptor signature) {
    return handle(name, signature, captureErrno(), Linker.Option.firstVariadicArg(first));
  }

  /**
   * A function that never blocks: called without a change of the thread's state, and with heap
   * arrays as they are. It holds back the garbage collector while it runs.
   */
  static MethodHandle critical(String name, FunctionDescriptor signature) {
    return handle(name, signature, captureErrno(), Linker.Option.critical(true));
  }

  /** A function that sets no error number and so takes no {@link ErrnoCell}. */
  static MethodHandle plain(String name, FunctionDescriptor signature) {
    return handle(name, signature);
  }

  @SuppressWarnings("restricted") // native access is this package's purpose
  private static MethodHandle handle(
      String name, FunctionDescriptor signature, Linker.Option... options) {
    String system = System.getProperty("os.name", "");
    String architecture = System.getProperty("os.arch", "");
    if (!system.equals("Linux") || !ARCHITECTURES.contains(architecture)) {
      throw new UnsupportedOperationException(
          "the agent's devices need Linux on x86-64 or aarch64, not %s on %s"
              .formatted(system, architecture));
    }
    return LINKER.downcallHandle(LOOKUP.findOrThrow(name), signature, options);
  }

  private static Linker.Option captureErrno() {
    return Linker.Option.captureCallState("errno");
  }

  /** What a handle throws can only be our mistake: the functions themselves throw nothing. */
  static AssertionError wrongCall(Throwable cause) {
    return new AssertionError("a native function was called with the wrong arguments", cause);
  }
}
