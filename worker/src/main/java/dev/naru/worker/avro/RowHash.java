package dev.naru.worker.avro;

import com.google.common.hash.HashFunction;
import com.google.common.hash.Hashing;
import java.util.HexFormat;

/**
 * Hash of a set of rows that does not depend on their order: XOR and sum of the 64-bit FarmHash
 * fingerprints of their Avro bytes. XOR alone would not see a row that came twice.
 */
public final class RowHash {

  private static final HashFunction FARM = Hashing.farmHashFingerprint64();

  private long xor;
  private long sum;

  /** Adds one row. */
  public void add(byte[] bytes, int offset, int length) {
    var hash = FARM.hashBytes(bytes, offset, length).asLong();
    xor ^= hash;
    sum += hash;
  }

  /** 16 hex digits. */
  public String xor() {
    return HexFormat.of().toHexDigits(xor);
  }

  /** Sum modulo 2^64, 16 hex digits. */
  public String sum() {
    return HexFormat.of().toHexDigits(sum);
  }
}
