package io.culvert.agent.esp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The AES-GCM functions of intel-ipsec-mb ({@code intel-ipsec-mb.h}) for the instruction set of
 * this processor, bound without a copy of heap arrays.
 *
 * @param pre128 expands a 128-bit key: {@code aes_gcm_pre_128(key, key_data)}
 * @param seal128 encrypts: {@code aes_gcm_enc_128(key_data, context, out, in, len, iv, aad,
 *     aad_len, tag, tag_len)}
 * @param open128 decrypts, and writes the tag that the caller compares
 * @param description name, version, instruction set
 */
@SuppressWarnings("restricted") // native code is the purpose here; the launcher grants it
record IpsecMbFunctions(
    MethodHandle pre128,
    MethodHandle pre256,
    MethodHandle seal128,
    MethodHandle seal256,
    MethodHandle open128,
    MethodHandle open256,
    String description) {

  private static final String LIBRARY = "libIPSec_MB.so.1";

  /** Feature bits of {@code imb_get_feature_flags} that an instruction set's functions need. */
  private enum InstructionSet {
    VAES_AVX512(1 << 5 | 1 << 6 | 0b11111 << 7 | 1 << 12 | 1 << 13),
    AVX512(1 << 1 | 1 << 2 | 1 << 5 | 1 << 6 | 0b11111 << 7),
    AVX_GEN4(1 << 1 | 1 << 2 | 1 << 5 | 1 << 6),
    AVX_GEN2(1 << 1 | 1 << 2 | 1 << 5),
    SSE(1 << 1 | 1 << 2 | 1 << 4);

    private final long needs;

    InstructionSet(long needs) {
      this.needs = needs;
    }

    String suffix() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** The best one for these features. */
    static InstructionSet of(long features) throws AeadUnavailableException {
      for (InstructionSet set : values()) {
        if ((features & set.needs) == set.needs) {
          return set;
        }
      }
      throw new AeadUnavailableException("the processor has no AES instructions");
    }
  }

  private static final Map<InstructionSet, String> NAMES =
      new TreeMap<>(
          Map.of(
              InstructionSet.VAES_AVX512, "VAES, AVX-512",
              InstructionSet.AVX512, "AVX-512",
              InstructionSet.AVX_GEN4, "AVX2",
              InstructionSet.AVX_GEN2, "AVX",
              InstructionSet.SSE, "SSE"));

  /**
   * The functions, found once.
   *
   * @throws IllegalStateException if there are none: whoever calls this has called {@link #find}
   */
  static IpsecMbFunctions ofThisMachine() {
    try {
      return find();
    } catch (AeadUnavailableException absent) {
      throw new IllegalStateException(absent);
    }
  }

  /** Finds the library and binds the functions that this processor can run. */
  static IpsecMbFunctions find() throws AeadUnavailableException {
    SymbolLookup library;
    try {
      library = SymbolLookup.libraryLookup(LIBRARY, Arena.global());
    } catch (IllegalArgumentException absent) {
      throw new AeadUnavailableException(LIBRARY + " is not installed");
    }
    InstructionSet set = InstructionSet.of(features(library));
    String suffix = set.suffix();
    return new IpsecMbFunctions(
        bind(library, "aes_gcm_pre_128_" + suffix, PRE),
        bind(library, "aes_gcm_pre_256_" + suffix, PRE),
        bind(library, "aes_gcm_enc_128_" + suffix, CRYPT),
        bind(library, "aes_gcm_enc_256_" + suffix, CRYPT),
        bind(library, "aes_gcm_dec_128_" + suffix, CRYPT),
        bind(library, "aes_gcm_dec_256_" + suffix, CRYPT),
        "intel-ipsec-mb %s (%s)".formatted(version(library), NAMES.get(set)));
  }

  private static final FunctionDescriptor PRE = FunctionDescriptor.ofVoid(ADDRESS, ADDRESS);
  private static final FunctionDescriptor CRYPT =
      FunctionDescriptor.ofVoid(
          ADDRESS, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS,
          JAVA_LONG);

  private static MethodHandle bind(SymbolLookup library, String name, FunctionDescriptor form)
      throws AeadUnavailableException {
    MemorySegment symbol =
        library
            .find(name)
            .orElseThrow(() -> new AeadUnavailableException(LIBRARY + " has no " + name));
    return Linker.nativeLinker().downcallHandle(symbol, form, Linker.Option.critical(true));
  }

  private static long features(SymbolLookup library) throws AeadUnavailableException {
    MethodHandle call = bind(library, "imb_get_feature_flags", FunctionDescriptor.of(JAVA_LONG));
    try {
      return (long) call.invokeExact();
    } catch (Throwable impossible) {
      throw new IllegalStateException("a C function cannot throw", impossible);
    }
  }

  private static String version(SymbolLookup library) throws AeadUnavailableException {
    MethodHandle call = bind(library, "imb_get_version_str", FunctionDescriptor.of(ADDRESS));
    try {
      MemorySegment text = (MemorySegment) call.invokeExact();
      return text.reinterpret(64).getString(0);
    } catch (Throwable impossible) {
      throw new IllegalStateException("a C function cannot throw", impossible);
    }
  }
}
