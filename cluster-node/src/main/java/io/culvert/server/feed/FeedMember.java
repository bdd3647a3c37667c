package io.culvert.server.feed;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.VpnId;
import io.culvert.model.vpn.Membership;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a feed tells the sessions that joined it. */
public final class FeedMember {
  private FeedMember() {}

  /** A message of a feed. */
  public sealed interface Message {
    /** The VPN. */
    VpnId vpn();
  }

  /**
   * A snapshot or an update.
   *
   * @param snapshot which of the two
   * @param shared the encoding of the {@code ServerFrame} that all sessions of the class get
   * @param self the member's own place, for a snapshot or when it changed
   * @param epoch of the VPN's secret
   * @param secretsFor members with which the agent needs a pair secret; may include itself
   */
  public record View(
      VpnId vpn,
      boolean snapshot,
      ByteString shared,
      @Nullable Membership self,
      Membership own,
      int epoch,
      List<Membership> secretsFor)
      implements Message {}

  /** The answer to {@link FeedRouter.PullVpn} of a member that has the newest view. */
  public record Unchanged(VpnId vpn) implements Message {}

  /** The node is no longer in this VPN. */
  public record Left(VpnId vpn, long revision) implements Message {}

  /**
   * The node is not in this VPN yet, as far as the feed knows; a view follows if it becomes one.
   */
  public record NotAMember(VpnId vpn) implements Message {}
}
