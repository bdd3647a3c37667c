package io.culvert.server.dns;

import org.xbill.DNS.Message;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.TSIGRecord;

/**
 * What an error of a DNS server means to an operator.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2136#section-2.2">RFC 2136, section 2.2</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8945#section-5.2">RFC 8945, section 5.2</a>
 */
final class Refusal {
  private Refusal() {}

  /** One sentence: what is wrong, and where to look. */
  static String of(Message answer, DnsSettings settings) {
    String key = settings.tsig().name();
    TSIGRecord tsig = answer.getTSIG();
    return switch (tsig == null ? Rcode.NOERROR : tsig.getError()) {
      case Rcode.BADKEY ->
          "the DNS server does not know the key %s (%s), or does not take it for %s"
              .formatted(key, settings.tsig().algorithm(), settings.name());
      case Rcode.BADSIG ->
          "the DNS server has another secret for the key %s than %s"
              .formatted(key, settings.tsig().secretFile());
      case Rcode.BADTIME ->
          "the clocks of this computer and of the DNS server differ by more than 5 minutes";
      default -> of(answer.getRcode(), settings);
    };
  }

  private static String of(int rcode, DnsSettings settings) {
    return switch (rcode) {
      case Rcode.REFUSED ->
          "the DNS server refuses to change %s: does its policy allow that to the key %s?"
              .formatted(settings.name(), settings.tsig().name());
      case Rcode.NOTAUTH, Rcode.NOTZONE ->
          "the DNS server is not the primary of the zone %s, or takes no such key"
              .formatted(settings.zone());
      default ->
          "the DNS server refuses to change %s: %s".formatted(settings.name(), Rcode.string(rcode));
    };
  }
}
