package dev.naru.worker.source;

import dev.naru.worker.avro.AvroPipeline;
import java.io.IOException;

/** Where the files of the chunks go. Implementations are called by several threads at once. */
public interface ChunkSink {

  /** Begins the file of a chunk. */
  Output open(Chunk chunk) throws IOException;

  /**
   * One file being written, by one thread. A slow one slows the database read down. Closing it
   * without a commit before drops what was written.
   */
  interface Output extends AvroPipeline.Target {

    /** Ends the file and stores its receipt; only then the chunk counts as read. */
    void commit(ChunkReceipt receipt) throws IOException;
  }
}
