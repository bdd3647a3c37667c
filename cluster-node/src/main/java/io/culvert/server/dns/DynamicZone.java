package io.culvert.server.dns;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TSIG;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.Update;

/**
 * A name in a zone that takes dynamic updates. Over TCP: an answer that is lost would leave open
 * whether the zone was changed. Every question and every answer is signed.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc2136#section-2.5">RFC 2136, section 2.5</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8945">RFC 8945, TSIG</a>
 */
final class DynamicZone implements RoundRobinName {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  static {
    // dnsjava would stop sending as soon as the JVM begins to end, which is when a server leaves
    // its zone.
    System.setProperty("dnsjava.nio.register_shutdown_hook", "false");
  }

  private final DnsSettings settings;
  private final Name zone;
  private final Name name;
  private final TSIG key;

  private DynamicZone(DnsSettings settings, Name zone, Name name, TSIG key) {
    this.settings = settings;
    this.zone = zone;
    this.name = name;
    this.key = key;
  }

  /**
   * Reads the key; asks nobody yet.
   *
   * @throws IOException if the secret cannot be read, or is not base64; the message says where
   */
  static DynamicZone open(DnsSettings settings) throws IOException {
    DnsSettings.Tsig tsig = settings.tsig();
    return new DynamicZone(
        settings,
        absolute(settings.zone()),
        absolute(settings.name()),
        new TSIG(TSIG.algorithmToName(tsig.algorithm()), absolute(tsig.name()), secret(tsig)));
  }

  private static byte[] secret(DnsSettings.Tsig tsig) throws IOException {
    try {
      byte[] secret =
          Base64.getDecoder()
              .decode(Files.readString(tsig.secretFile(), StandardCharsets.US_ASCII).strip());
      if (secret.length > 0) {
        return secret;
      }
      throw new IOException("the secret in %s is empty".formatted(tsig.secretFile()));
    } catch (IllegalArgumentException e) {
      throw new IOException("the secret in %s is not base64".formatted(tsig.secretFile()), e);
    } catch (IOException e) {
      throw new IOException("cannot read the secret of the key: " + e.getMessage(), e);
    }
  }

  private static Name absolute(String text) throws TextParseException {
    return Name.fromString(text, Name.root);
  }

  @Override
  public Set<InetAddress> addresses() throws ZoneException {
    Set<InetAddress> addresses = new LinkedHashSet<>();
    for (int type : new int[] {Type.A, Type.AAAA}) {
      Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
      query.getHeader().unsetFlag(Flags.RD);
      Message answer = send(query);
      if (answer.getRcode() != Rcode.NOERROR && answer.getRcode() != Rcode.NXDOMAIN) {
        throw new ZoneException(Refusal.of(answer, settings));
      }
      requireVerified(answer);
      if (!answer.getHeader().getFlag(Flags.AA)) {
        throw new ZoneException(
            "%s is no server of the zone %s".formatted(server(), settings.zone()));
      }
      answer.getSection(Section.ANSWER).forEach(record -> collect(record, addresses));
    }
    return addresses;
  }

  private static void collect(Record record, Set<InetAddress> addresses) {
    switch (record) {
      case ARecord a -> addresses.add(a.getAddress());
      case AAAARecord aaaa -> addresses.add(aaaa.getAddress());
      default -> {
        // An alias has no place here; the update will be refused, with a reason.
      }
    }
  }

  @Override
  public void change(Set<InetAddress> add, Set<InetAddress> remove) throws ZoneException {
    Update update = new Update(zone);
    remove.forEach(address -> update.delete(record(address)));
    add.forEach(address -> update.add(record(address)));
    Message answer = send(update);
    if (answer.getRcode() != Rcode.NOERROR) {
      throw new ZoneException(Refusal.of(answer, settings));
    }
    requireVerified(answer);
  }

  private Record record(InetAddress address) {
    return address instanceof Inet4Address
        ? new ARecord(name, DClass.IN, settings.ttl().toSeconds(), address)
        : new AAAARecord(name, DClass.IN, settings.ttl().toSeconds(), address);
  }

  /** Asks the first of the server's addresses that answers. */
  private Message send(Message message) throws ZoneException {
    IOException failure = null;
    try {
      for (InetAddress address : InetAddress.getAllByName(settings.server())) {
        try {
          return resolver(address).send(message);
        } catch (IOException e) {
          failure = e;
        }
      }
    } catch (UnknownHostException e) {
      throw new ZoneException("the name of %s has no address".formatted(server()), e);
    }
    throw new ZoneException("%s does not answer".formatted(server()), failure);
  }

  private SimpleResolver resolver(InetAddress address) {
    SimpleResolver resolver = new SimpleResolver(new InetSocketAddress(address, settings.port()));
    resolver.setTCP(true);
    resolver.setTimeout(PATIENCE);
    resolver.setTSIGKey(key);
    return resolver;
  }

  /** What is not signed with the key may come from anybody. */
  private void requireVerified(Message answer) throws ZoneException {
    if (!answer.isVerified()) {
      throw new ZoneException(
          "the answer of %s is not signed with the key %s"
              .formatted(server(), settings.tsig().name()));
    }
  }

  private String server() {
    return "the DNS server %s port %d".formatted(settings.server(), settings.port());
  }
}
