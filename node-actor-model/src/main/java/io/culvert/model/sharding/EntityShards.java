package io.culvert.model.sharding;

import io.culvert.model.directory.DirectoryEntity;
import io.culvert.model.directory.DirectoryProtocol;
import io.culvert.model.identity.NodeId;
import io.culvert.model.identity.VpnId;
import io.culvert.model.node.NodeEntity;
import io.culvert.model.node.NodeProtocol;
import io.culvert.model.organization.OrganizationEntity;
import io.culvert.model.organization.OrganizationProtocol;
import io.culvert.model.vpn.VpnEntity;
import io.culvert.model.vpn.VpnProtocol;
import java.time.InstantSource;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityRef;

/** The four kinds of entities, sharded over the cluster. Thread-safe. */
public final class EntityShards {
  private final ClusterSharding sharding;

  private EntityShards(ClusterSharding sharding) {
    this.sharding = sharding;
  }

  /** Makes this server host entities. Called once at its start, on every server. */
  public static EntityShards start(ActorSystem<?> system, InstantSource clock) {
    ClusterSharding sharding = ClusterSharding.get(system);
    EntityShards shards = new EntityShards(sharding);
    sharding.init(Entity.of(DirectoryEntity.TYPE_KEY, context -> DirectoryEntity.create(clock)));
    sharding.init(
        Entity.of(
            OrganizationEntity.TYPE_KEY,
            context -> OrganizationEntity.create(context.getEntityId(), clock)));
    sharding.init(
        Entity.of(
            NodeEntity.TYPE_KEY,
            context -> NodeEntity.create(NodeId.parse(context.getEntityId()), clock)));
    sharding.init(
        Entity.of(
            VpnEntity.TYPE_KEY,
            context -> VpnEntity.create(VpnId.parse(context.getEntityId()), shards::node, clock)));
    return shards;
  }

  /** References only; the entities were started by {@link #start} on this server. */
  public static EntityShards of(ActorSystem<?> system) {
    return new EntityShards(ClusterSharding.get(system));
  }

  /** The directory. */
  public EntityRef<DirectoryProtocol.Command> directory() {
    return sharding.entityRefFor(DirectoryEntity.TYPE_KEY, DirectoryProtocol.ENTITY_ID);
  }

  /** An organization, existing or not. */
  public EntityRef<OrganizationProtocol.Command> organization(String name) {
    return sharding.entityRefFor(OrganizationEntity.TYPE_KEY, name);
  }

  /** A node, existing or not. */
  public EntityRef<NodeProtocol.Command> node(NodeId node) {
    return sharding.entityRefFor(NodeEntity.TYPE_KEY, node.toString());
  }

  /** A VPN, existing or not. */
  public EntityRef<VpnProtocol.Command> vpn(VpnId vpn) {
    return sharding.entityRefFor(VpnEntity.TYPE_KEY, vpn.toString());
  }
}
