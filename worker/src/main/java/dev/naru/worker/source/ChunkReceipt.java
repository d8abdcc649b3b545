package dev.naru.worker.source;

import java.time.Duration;
import java.util.List;

/**
 * Proof of one chunk.
 *
 * @param chunk {@link Chunk#id}
 * @param rows rows written to the file
 * @param sourceRows rows the server says it sent; always equal to {@code rows}
 * @param rowBytes bytes of the rows before compression
 * @param fileBytes bytes of the file
 * @param hashXor XOR of the 64-bit FarmHash fingerprints of the rows' Avro bytes, 16 hex digits
 * @param hashSum their sum modulo 2^64, 16 hex digits: XOR alone is blind to pairs
 * @param conversions values that BigQuery cannot hold, counted
 * @param nullCursors rows whose cursor is NULL: later changes of them are never seen
 */
public record ChunkReceipt(
    String chunk,
    long rows,
    long sourceRows,
    long rowBytes,
    long fileBytes,
    String hashXor,
    String hashSum,
    List<Conversion> conversions,
    long nullCursors,
    Duration wall) {

  public ChunkReceipt {
    conversions = List.copyOf(conversions == null ? List.of() : conversions);
  }

  /**
   * Values of one column that were changed on the way.
   *
   * @param column its name
   * @param change e.g. {@code infinity to NULL}
   * @param values how many
   */
  public record Conversion(String column, String change, long values) {}
}
