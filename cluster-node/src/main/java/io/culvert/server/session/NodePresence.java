package io.culvert.server.session;

import com.google.protobuf.ByteString;
import io.culvert.model.identity.NodeId;
import io.culvert.protocol.v1.Attributes;
import io.culvert.server.feed.FeedRouter;
import io.culvert.server.feed.Presence;
import java.time.Instant;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * What a session tells the other agents of its node, by way of the router: that it is online, with
 * the attributes it sent last, and that it is not any more. Owned by the session's actor.
 */
final class NodePresence {
  private final ActorRef<FeedRouter.Message> router;
  private final String serverName;
  private final NodeId node;
  private final String sessionId;
  private final ByteString observedAddress;
  private Attributes attributes;
  private boolean announced;

  /**
   * Nothing is told before {@link #announce}.
   *
   * @param attributes valid by {@link AttributesRules}
   */
  NodePresence(
      SessionEnvironment environment,
      Connection connection,
      NodeId node,
      String sessionId,
      Attributes attributes) {
    this.router = environment.router();
    this.serverName = environment.serverName();
    this.node = node;
    this.sessionId = sessionId;
    this.observedAddress = ByteString.copyFrom(connection.remoteAddress());
    this.attributes = attributes;
  }

  NodeId node() {
    return node;
  }

  /** The node tells other attributes of itself, valid by {@link AttributesRules}. */
  void change(Attributes changed) {
    attributes = changed;
  }

  /** The node is online, with its present attributes. */
  void announce(Instant logonAt) {
    announced = true;
    router.tell(
        new FeedRouter.NodeOnline(
            node,
            new Presence(
                sessionId, logonAt, serverName, attributes.toByteString(), observedAddress)));
  }

  /**
   * The session ends; says nothing if it never announced the node.
   *
   * @param forGood whether the node is offline at once, without the grace period
   */
  void end(boolean forGood) {
    if (announced) {
      router.tell(new FeedRouter.NodeOffline(node, sessionId, forGood));
    }
  }
}
