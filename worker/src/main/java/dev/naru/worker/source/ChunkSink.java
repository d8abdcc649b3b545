package dev.naru.worker.source;

import java.io.IOException;

/** Where the files of the chunks go. Implementations are called by several threads at once. */
public interface ChunkSink {

  /** Begins the file of a chunk. */
  Output open(Chunk chunk) throws IOException;

  /** One file being written, by one thread. A slow one slows the database read down. */
  interface Output extends AutoCloseable {

    /** Appends; the array is reused after the call. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** Ends the file and stores its receipt; only then the chunk counts as read. */
    void commit(ChunkReceipt receipt) throws IOException;

    /** Without a commit before: drops what was written. */
    @Override
    void close() throws IOException;
  }
}
