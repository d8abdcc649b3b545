package dev.naru.worker.avro;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** One Avro object container file in the zstandard codec, written block by block. */
final class AvroFile {

  private static final byte[] MAGIC = {'O', 'b', 'j', 1};
  private static final int SYNC = 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final AvroPipeline.Target sink;
  private final ZstdCompressCtx zstd;
  private final byte[] sync = new byte[SYNC];
  private final RowHash hash = new RowHash();
  private byte[] compressed = new byte[0];
  private long rows;
  private long rowBytes;
  private long fileBytes;

  AvroFile(AvroPipeline.Target sink, ZstdCompressCtx zstd, String schema) throws IOException {
    this.sink = sink;
    this.zstd = zstd;
    RANDOM.nextBytes(sync);
    header(schema);
  }

  void write(Block block) throws IOException {
    var start = 0;
    for (var row = 0; row < block.rows; row++) {
      hash.add(block.bytes, start, block.rowEnds[row] - start);
      start = block.rowEnds[row];
    }
    var bound = (int) Zstd.compressBound(block.size);
    if (compressed.length < bound) {
      compressed = new byte[bound];
    }
    var length =
        zstd.compressByteArray(compressed, 0, compressed.length, block.bytes, 0, block.size);
    var head = ByteBuffer.allocate(20);
    varint(head, block.rows);
    varint(head, length);
    append(head.array(), head.position());
    append(compressed, length);
    append(sync, SYNC);
    rows += block.rows;
    rowBytes += block.size;
  }

  AvroPipeline.Summary summary() {
    return new AvroPipeline.Summary(rows, rowBytes, fileBytes, hash.xor(), hash.sum());
  }

  private void header(String schema) throws IOException {
    var json = schema.getBytes(StandardCharsets.UTF_8);
    var head = ByteBuffer.allocate(json.length + 128).put(MAGIC);
    varint(head, 2);
    entry(head, "avro.schema", json);
    entry(head, "avro.codec", "zstandard".getBytes(StandardCharsets.UTF_8));
    varint(head, 0);
    head.put(sync);
    append(head.array(), head.position());
  }

  private static void entry(ByteBuffer head, String key, byte[] value) {
    var name = key.getBytes(StandardCharsets.UTF_8);
    varint(head, name.length);
    head.put(name);
    varint(head, value.length);
    head.put(value);
  }

  private static void varint(ByteBuffer buffer, long value) {
    var rest = (value << 1) ^ (value >> 63);
    while ((rest & ~0x7FL) != 0) {
      buffer.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    buffer.put((byte) rest);
  }

  private void append(byte[] bytes, int length) throws IOException {
    sink.write(bytes, 0, length);
    fileBytes += length;
  }
}
