package dev.naru.worker.avro;

import java.util.Arrays;

/**
 * Encoded rows on their way to a file: filled by the reading thread, hashed and compressed by the
 * writing thread, used again. Holds about {@link #TARGET_BYTES}, or one row that is larger.
 */
final class Block {

  /** A block is full from here on. */
  static final int TARGET_BYTES = 1 << 20;

  /** Blocks that had to grow beyond this give the memory back. */
  private static final int KEPT_BYTES = 4 * TARGET_BYTES;

  private static final int SLACK = 1 << 16;

  byte[] bytes = new byte[TARGET_BYTES + SLACK];
  int size;
  int rows;
  int[] rowEnds = new int[1 << 13];

  void grow(int needed) {
    bytes = Arrays.copyOf(bytes, Math.max(needed, bytes.length + (bytes.length >> 1)));
  }

  void endRow() {
    if (rows == rowEnds.length) {
      rowEnds = Arrays.copyOf(rowEnds, rows * 2);
    }
    rowEnds[rows++] = size;
  }

  void clear() {
    size = 0;
    rows = 0;
    if (bytes.length > KEPT_BYTES) {
      bytes = new byte[TARGET_BYTES + SLACK];
    }
  }
}
