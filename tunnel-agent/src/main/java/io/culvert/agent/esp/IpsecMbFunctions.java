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

  /**
   * Bits of {@code imb_get_feature_flags}, and the sets of them that the library itself demands
   * before it uses the functions of an instruction set (IMB_CPUFLAGS_*).
   */
  private static final long SSE_FLAGS = bits(1, 2, 3, 4); // AESNI, PCLMULQDQ, CMOV, SSE4.2

  private static final long AVX_FLAGS = SSE_FLAGS | bits(5);
  private static final long AVX2_FLAGS = AVX_FLAGS | bits(6, 18); // AVX2, BMI2
  private static final long AVX512_FLAGS = AVX2_FLAGS | bits(7, 8, 9, 10, 11); // F DQ CD BW VL
  private static final long VAES_FLAGS =
      AVX512_FLAGS | bits(0, 12, 13, 16, 17); // SHA, VAES, VPCLMULQDQ, GFNI, IFMA

  private static long bits(int... numbers) {
    long mask = 0;
    for (int number : numbers) {
      mask |= 1L << number;
    }
    return mask;
  }

  /** The instruction sets that the library has functions for, best first. */
  private enum InstructionSet {
    VAES_AVX512(VAES_FLAGS, "VAES, AVX-512"),
    AVX512(AVX512_FLAGS, "AVX-512"),
    AVX_GEN4(AVX2_FLAGS, "AVX2"),
    AVX_GEN2(AVX_FLAGS, "AVX"),
    SSE(SSE_FLAGS, "SSE");

    private final long needs;
    private final String title;

    InstructionSet(long needs, String title) {
      this.needs = needs;
      this.title = title;
    }

    /** How the library's functions for it end. */
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
        "intel-ipsec-mb %s (%s)".formatted(version(library), set.title));
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
