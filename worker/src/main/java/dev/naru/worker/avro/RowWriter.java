package dev.naru.worker.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Encodes rows as Avro binary straight into blocks: no object per row or value. Used by one thread.
 */
public final class RowWriter {

  /** Zigzag varints have at most so many bytes. */
  private static final int VARINT = 10;

  private static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private final AvroPipeline<?> pipeline;
  private final int maxRowBytes;
  private Block block;
  private int rowStart;
  private byte[] bytes;
  private int at;

  RowWriter(AvroPipeline<?> pipeline, int maxRowBytes) throws InterruptedException {
    this.pipeline = pipeline;
    this.maxRowBytes = maxRowBytes;
    use(pipeline.take());
  }

  /** The value follows. */
  public void present() {
    ensure(1);
    bytes[at++] = 2;
  }

  /** There is no value. */
  public void absent() {
    ensure(1);
    bytes[at++] = 0;
  }

  public void writeBoolean(boolean value) {
    ensure(1);
    bytes[at++] = (byte) (value ? 1 : 0);
  }

  /** An Avro int or long, or the length in front of bytes. */
  public void writeLong(long value) {
    ensure(VARINT);
    var rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      bytes[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[at++] = (byte) rest;
  }

  public void writeDouble(double value) {
    ensure(Double.BYTES);
    DOUBLE.set(bytes, at, value);
    at += Double.BYTES;
  }

  /** An Avro string (as UTF-8) or bytes. */
  public void writeBytes(byte[] source, int offset, int length) {
    writeLong(length);
    ensure(length);
    System.arraycopy(source, offset, bytes, at, length);
    at += length;
  }

  public void writeString(String value) {
    var utf8 = value.getBytes(StandardCharsets.UTF_8);
    writeBytes(utf8, 0, utf8.length);
  }

  /** Big-endian two's complement in as few bytes as it takes: an Avro decimal. */
  public void writeDecimal(long unscaled) {
    var length =
        Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(unscaled ^ unscaled >> 63)) / 8 + 1);
    ensure(1 + Long.BYTES + 1);
    bytes[at++] = (byte) (length << 1);
    for (var shift = (length - 1) * 8; shift >= 0; shift -= 8) {
      bytes[at++] = (byte) (unscaled >> shift);
    }
  }

  /**
   * Ends the row; hands the block on when it is full.
   *
   * @throws RowTooLargeException when the row has more bytes than a file may hold in one block
   * @throws AvroPipeline.WriteFailedException when the writing thread failed
   */
  public void endRow() throws InterruptedException {
    if (at - rowStart > maxRowBytes) {
      throw new RowTooLargeException(at - rowStart, maxRowBytes);
    }
    block.size = at;
    block.endRow();
    rowStart = at;
    if (at >= Block.TARGET_BYTES) {
      flush();
    }
  }

  /** Takes the values of the current row back. */
  public void dropRow() {
    at = rowStart;
  }

  /** Hands the current block on, if it holds rows. */
  void flush() throws InterruptedException {
    if (block.rows > 0) {
      pipeline.put(block);
      use(pipeline.take());
    }
  }

  private void use(Block next) {
    block = next;
    bytes = next.bytes;
    at = 0;
    rowStart = 0;
  }

  private void ensure(int more) {
    if (bytes.length - at < more) {
      grow(more);
    }
  }

  private void grow(int more) {
    // Far beyond the limit there is nothing to gain from encoding on: endRow could not take it.
    if ((long) at - rowStart + more > 4L * maxRowBytes) {
      throw new RowTooLargeException((long) at - rowStart + more, maxRowBytes);
    }
    block.size = at;
    block.grow(at + more);
    bytes = block.bytes;
  }
}
