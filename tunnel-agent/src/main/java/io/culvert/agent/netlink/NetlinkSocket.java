package io.culvert.agent.netlink;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.culvert.agent.linux.Descriptors;
import io.culvert.agent.linux.Errno;
import io.culvert.agent.linux.ErrnoCell;
import io.culvert.agent.linux.Sockets;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * A conversation with rtnetlink: one request at a time, its answer awaited.
 *
 * <pre>
 *   struct sockaddr_nl: u16 family; u16 0; u32 port (0: the kernel chooses); u32 groups
 *
 *   NLMSG_ERROR behind its header: s32 error, negated, 0 for an acknowledgement;
 *     the request's header; its payload unless NLM_F_CAPPED; with NLM_F_ACK_TLVS attributes,
 *     of which NLMSGERR_ATTR_MSG is a text for people
 * </pre>
 */
public final class NetlinkSocket implements AutoCloseable {
  private static final int RTMGRP_LINK = 0x1;
  private static final int RTMGRP_IPV4_IFADDR = 0x10;
  private static final int RTMGRP_IPV4_ROUTE = 0x40;
  private static final int RTMGRP_IPV6_IFADDR = 0x100;
  private static final int RTMGRP_IPV6_ROUTE = 0x400;

  /** The groups of all that decides over a host's addresses: links, addresses and routes. */
  public static final int ADDRESSING =
      RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE | RTMGRP_IPV6_IFADDR | RTMGRP_IPV6_ROUTE;

  private static final int NETLINK_ROUTE = 0;
  private static final int SOL_NETLINK = 270;
  private static final int NETLINK_CAP_ACK = 10;
  private static final int NETLINK_EXT_ACK = 11;
  private static final int SO_RCVTIMEO = 20;
  private static final int ANSWER_SECONDS = 5;
  private static final int SOCKADDR_NL_BYTES = 12;
  private static final int NLM_F_ACK_TLVS = 0x200;
  private static final int NLMSGERR_ATTR_MSG = 1;
  private static final int ERROR_FIXED_BYTES = 4 + NetlinkMessage.HEADER_BYTES;
  private static final int RECEIVE_BYTES = 64 << 10;

  private final int descriptor;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment buffer = arena.allocate(RECEIVE_BYTES, 8);
  private int sequence;
  private boolean closed;

  private NetlinkSocket(int descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * Opens a socket for requests in the thread's network namespace.
   *
   * @throws java.io.UncheckedIOException if the kernel refuses
   */
  public static NetlinkSocket open() {
    return open(0);
  }

  /**
   * Opens a socket that also hears of changes.
   *
   * @param groups bits of {@code RTMGRP_*}
   * @throws java.io.UncheckedIOException if the kernel refuses
   */
  public static NetlinkSocket open(int groups) {
    int type = Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC;
    int descriptor =
        Errno.check(Sockets.socket(Sockets.AF_NETLINK, type, NETLINK_ROUTE), "cannot open netlink");
    try (Arena arena = Arena.ofConfined()) {
      // Refused by old kernels, which then say less.
      var _ = Sockets.setOption(descriptor, SOL_NETLINK, NETLINK_CAP_ACK, 1);
      var _ = Sockets.setOption(descriptor, SOL_NETLINK, NETLINK_EXT_ACK, 1);
      setTimeout(descriptor, arena);
      MemorySegment address = arena.allocate(SOCKADDR_NL_BYTES, 4);
      address.set(JAVA_SHORT, 0, (short) Sockets.AF_NETLINK);
      address.set(JAVA_INT, 8, groups);
      int bound = Sockets.bind(descriptor, address, SOCKADDR_NL_BYTES);
      if (bound < 0) {
        Descriptors.close(descriptor);
        throw Errno.failure("cannot bind netlink", -bound);
      }
    }
    return new NetlinkSocket(descriptor);
  }

  private static void setTimeout(int descriptor, Arena arena) {
    MemorySegment timeval = arena.allocate(16, 8);
    timeval.set(JAVA_LONG, 0, ANSWER_SECONDS);
    var _ = Sockets.setOption(descriptor, Sockets.SOL_SOCKET, SO_RCVTIMEO, timeval);
  }

  /**
   * Makes a change and awaits the acknowledgement.
   *
   * @throws NetlinkException if the kernel refuses or does not answer
   */
  public void change(NetlinkMessage message) throws NetlinkException {
    exchange(message, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK);
  }

  /**
   * Asks for one object.
   *
   * @return the objects that came before the acknowledgement
   * @throws NetlinkException if the kernel refuses or does not answer
   */
  public List<NetlinkReply> get(NetlinkMessage message) throws NetlinkException {
    return exchange(message, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_ACK);
  }

  /**
   * Asks for all objects of a kind.
   *
   * @throws NetlinkException if the kernel refuses or does not answer
   */
  public List<NetlinkReply> dump(NetlinkMessage message) throws NetlinkException {
    return exchange(message, NetlinkMessage.NLM_F_REQUEST | NetlinkMessage.NLM_F_DUMP);
  }

  private List<NetlinkReply> exchange(NetlinkMessage message, int flags) throws NetlinkException {
    byte[] request = message.encode(++sequence, flags);
    int sent =
        Sockets.sendTo(
            new ErrnoCell(),
            descriptor,
            MemorySegment.ofArray(request),
            request.length,
            MemorySegment.NULL,
            0);
    if (sent < 0) {
      throw new NetlinkException(-sent, null);
    }
    List<NetlinkReply> answers = new ArrayList<>();
    while (true) {
      for (NetlinkReply reply : receive(0)) {
        if (reply.sequence() != sequence) {
          continue; // of an earlier request whose answer came too late
        }
        if (reply.type() == NetlinkReply.NLMSG_DONE || isAcknowledgement(reply)) {
          return answers;
        }
        answers.add(reply);
      }
    }
  }

  private static boolean isAcknowledgement(NetlinkReply reply) throws NetlinkException {
    if (reply.type() != NetlinkReply.NLMSG_ERROR) {
      return false;
    }
    int error = reply.doubleWord(0);
    if (error != 0) {
      boolean explained = (reply.flags() & NLM_F_ACK_TLVS) != 0;
      throw new NetlinkException(
          -error, explained ? reply.text(ERROR_FIXED_BYTES, NLMSGERR_ATTR_MSG) : null);
    }
    return true;
  }

  private List<NetlinkReply> receive(int flags) throws NetlinkException {
    int length =
        Sockets.receiveFrom(descriptor, buffer, flags, MemorySegment.NULL, MemorySegment.NULL);
    if (length < 0) {
      throw new NetlinkException(-length, length == -Errno.EAGAIN ? "no answer in time" : null);
    }
    return NetlinkReply.parse(buffer.asSlice(0, length).toArray(JAVA_BYTE));
  }

  /** Whether the kernel has told of a change since the last call. Does not block. */
  public boolean drainNotifications() {
    boolean any = false;
    while (true) {
      int length =
          Sockets.receiveFrom(
              descriptor, buffer, Sockets.MSG_DONTWAIT, MemorySegment.NULL, MemorySegment.NULL);
      if (length == -Errno.EAGAIN) {
        return any;
      }
      any = true; // ENOBUFS too: there were more than the socket could hold
      if (length < 0 && length != -Errno.ENOBUFS) {
        return any;
      }
    }
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      Descriptors.close(descriptor);
      arena.close();
    }
  }
}
