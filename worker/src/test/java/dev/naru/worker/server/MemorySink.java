package dev.naru.worker.server;

import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkReceipt;
import dev.naru.worker.source.ChunkSink;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;

/** Keeps files in memory and reads them with the Avro library. */
public final class MemorySink implements ChunkSink {

  private final Map<String, byte[]> files = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<ChunkReceipt> receipts = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<String> dropped = new ConcurrentLinkedQueue<>();

  @Override
  public Output open(Chunk chunk) {
    return new MemoryOutput(chunk.id());
  }

  public List<ChunkReceipt> receipts() {
    return List.copyOf(receipts);
  }

  /** Chunks whose file was begun and not committed. */
  public List<String> dropped() {
    return List.copyOf(dropped);
  }

  public long rows() {
    return receipts.stream().mapToLong(ChunkReceipt::rows).sum();
  }

  /** All records of all committed files. */
  public List<GenericRecord> records() {
    var records = new ArrayList<GenericRecord>();
    for (var file : files.values()) {
      try (var reader =
          new DataFileReader<GenericRecord>(
              new SeekableByteArrayInput(file), new GenericDatumReader<>())) {
        reader.forEach(records::add);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }
    return records;
  }

  /** The values of one column in all records. */
  public List<Object> values(String column) {
    return records().stream().map(record -> record.get(column)).toList();
  }

  private final class MemoryOutput implements Output {

    private final String id;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean committed;

    MemoryOutput(String id) {
      this.id = id;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
      bytes.write(from, offset, length);
    }

    @Override
    public void commit(ChunkReceipt receipt) {
      committed = true;
      files.put(id, bytes.toByteArray());
      receipts.add(receipt);
    }

    @Override
    public void close() {
      if (!committed) {
        dropped.add(id);
      }
    }
  }
}
