package io.culvert.agent.dataplane;

import io.culvert.agent.sad.SingleWriterCounter;

/** What one worker has carried. Written by it alone. */
final class WorkerCounters {
  final SingleWriterCounter packets = new SingleWriterCounter();
  final SingleWriterCounter bytes = new SingleWriterCounter();
  final SingleWriterCounter frames = new SingleWriterCounter();
  final SingleWriterCounter datagrams = new SingleWriterCounter();
  final SingleWriterCounter batches = new SingleWriterCounter();

  EngineStatistics.Worker read(long allocatedBytes) {
    return new EngineStatistics.Worker(
        packets.get(), bytes.get(), frames.get(), datagrams.get(), batches.get(), allocatedBytes);
  }
}
