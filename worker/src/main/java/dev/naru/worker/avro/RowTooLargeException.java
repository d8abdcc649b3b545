package dev.naru.worker.avro;

/** A row does not fit into a block of a file. */
public final class RowTooLargeException extends RuntimeException {

  private static final long serialVersionUID = 1;

  private final long rowBytes;
  private final int maxBytes;

  public RowTooLargeException(long rowBytes, int maxBytes) {
    super("a row of %,d bytes is larger than %,d".formatted(rowBytes, maxBytes));
    this.rowBytes = rowBytes;
    this.maxBytes = maxBytes;
  }

  public long rowBytes() {
    return rowBytes;
  }

  public int maxBytes() {
    return maxBytes;
  }
}
