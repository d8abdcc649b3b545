package dev.naru.e2e;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** The header of an Avro object container file: magic, a map of metadata, a sync marker. */
final class AvroHeader {

  private static final int MAGIC = 4;

  private AvroHeader() {}

  /** Keys and values of the map, as text. */
  static String of(byte[] file) {
    var in = ByteBuffer.wrap(file);
    in.position(MAGIC);
    var text = new StringBuilder();
    for (var entries = number(in); entries != 0; entries = number(in)) {
      for (var i = 0; i < entries; i++) {
        text.append(string(in)).append('=').append(string(in)).append('\n');
      }
    }
    return text.toString();
  }

  private static String string(ByteBuffer in) {
    var bytes = new byte[Math.toIntExact(number(in))];
    in.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Zigzag, seven bits at a time. */
  private static long number(ByteBuffer in) {
    var value = 0L;
    var shift = 0;
    byte next;
    do {
      next = in.get();
      value |= (long) (next & 0x7f) << shift;
      shift += 7;
    } while (next < 0);
    return (value >>> 1) ^ -(value & 1);
  }
}
