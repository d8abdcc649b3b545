package dev.naru.worker.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.naru.bigquery.ColumnType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.SeekableByteArrayInput;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;

/** Files are read by the Avro library; nothing that fails on the second thread is lost. */
class AvroPipelineTest {

  private static final List<Field> FIELDS =
      List.of(
          Field.of("n", ColumnType.INT64),
          Field.of("s", ColumnType.STRING),
          Field.of("f", ColumnType.FLOAT64),
          Field.decimal("d", 18, 2),
          Field.of("b", ColumnType.BOOL),
          Field.of("a", ColumnType.INT64).repeated());

  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll long n, @ForAll String s, @ForAll double f, @ForAll long d, @ForAll boolean b)
      throws Exception {
    var file = new Memory();
    write(
        file,
        rows -> {
          rows.present();
          rows.writeLong(n);
          rows.present();
          rows.writeString(s);
          rows.present();
          rows.writeDouble(f);
          rows.present();
          rows.writeDecimal(d);
          rows.present();
          rows.writeBoolean(b);
          rows.present();
          rows.writeLong(n);
          rows.absent();
          rows.endRow();
        });
    var row = file.read().getFirst();
    assertThat(row.get("n")).isEqualTo(n);
    var utf8 = s.getBytes(StandardCharsets.UTF_8);
    assertThat(row.get("s").toString()).isEqualTo(new String(utf8, StandardCharsets.UTF_8));
    assertThat(row.get("f")).isEqualTo(f);
    var bytes = ((ByteBuffer) row.get("d")).array();
    assertThat(bytes).as("as short as can be").isEqualTo(BigInteger.valueOf(d).toByteArray());
    assertThat(row.get("b")).isEqualTo(b);
    assertThat(row.get("a")).isEqualTo(List.of(n));
  }

  @Test
  void manyBlocksKeepEveryRowAndTheHashDoesNotDependOnTheirOrder() throws Exception {
    var up = new Memory();
    var down = new Memory();
    var upward = write(up, rows -> numbers(rows, 0, 200_000, 1));
    var downward = write(down, rows -> numbers(rows, 199_999, 200_000, -1));
    assertThat(up.read()).hasSize(200_000);
    assertThat(upward.rows()).isEqualTo(200_000);
    assertThat(upward.fileBytes()).isEqualTo(up.bytes.size());
    assertThat(upward.hashXor()).isEqualTo(downward.hashXor());
    assertThat(upward.hashSum()).isEqualTo(downward.hashSum());
    var missing = write(new Memory(), rows -> numbers(rows, 0, 199_999, 1));
    assertThat(missing.hashXor()).isNotEqualTo(upward.hashXor());
  }

  @Test
  void theHashIsThatOfBigQuery() {
    var row = "1footrue".getBytes(StandardCharsets.UTF_8);
    var hash = new RowHash();
    hash.add(row, 0, row.length);
    // BigQuery's documented example of FARM_FINGERPRINT
    assertThat(Long.parseUnsignedLong(hash.xor(), 16)).isEqualTo(-1541654101129638711L);
    hash.add(row, 0, row.length);
    assertThat(hash.xor()).isEqualTo("0000000000000000");
    assertThat(hash.sum()).as("sees what XOR does not").isNotEqualTo("0000000000000000");
  }

  @Test
  void aRowLargerThanTheLimitIsRefused() {
    assertThatThrownBy(
            () ->
                write(
                    new Memory(),
                    rows -> {
                      rows.present();
                      rows.writeString("x".repeat(3_000_000));
                      rows.endRow();
                    }))
        .isInstanceOf(RowTooLargeException.class);
  }

  @Test
  void aFailedWriteReachesTheReaderAndTheFileIsDropped() {
    var failing =
        new Memory() {
          @Override
          public void write(byte[] from, int offset, int length) throws IOException {
            if (bytes.size() > 1000) {
              throw new IOException("disk full");
            }
            super.write(from, offset, length);
          }
        };
    assertThatThrownBy(() -> write(failing, rows -> numbers(rows, 0, 1_000_000, 1)))
        .isInstanceOf(AvroPipeline.WriteFailedException.class)
        .hasMessageContaining("disk full");
    assertThat(failing.closed.get()).isEqualTo(1);
  }

  @Test
  void aStalledFileHoldsTheReaderBackWithinTheBlocks() throws Exception {
    var release = new CountDownLatch(1);
    var stalled =
        new Memory() {
          @Override
          public void write(byte[] from, int offset, int length) throws IOException {
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            super.write(from, offset, length);
          }
        };
    var written = new AtomicInteger();
    var reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    write(
                        stalled,
                        rows -> {
                          for (var i = 0; i < 1_500_000; i++) {
                            numbers(rows, i, 1, 1);
                            written.set(i);
                          }
                        });
                  } catch (Exception e) {
                    throw new IllegalStateException(e);
                  }
                });
    await().until(() -> reader.getState() == Thread.State.TIMED_WAITING);
    // a row has at least 7 bytes
    assertThat(written.get()).isLessThan(AvroPipeline.BLOCKS * Block.TARGET_BYTES / 7 + 1);
    release.countDown();
    reader.join();
    assertThat(stalled.read()).hasSize(1_500_000);
  }

  /** Rows of a test. */
  private interface Rows {
    void write(RowWriter rows) throws Exception;
  }

  private static void numbers(RowWriter rows, int first, int count, int step)
      throws InterruptedException {
    for (var i = 0; i < count; i++) {
      rows.present();
      rows.writeLong(first + (long) i * step);
      for (var column = 1; column < FIELDS.size(); column++) {
        rows.absent();
      }
      rows.endRow();
    }
  }

  private static AvroPipeline.Summary write(Memory file, Rows rows) throws Exception {
    var summary = new AtomicReference<AvroPipeline.Summary>();
    try (var pipeline = new AvroPipeline<Memory>("test", AvroSchema.of(FIELDS), 1 << 21, n -> {})) {
      pipeline.open(() -> file);
      rows.write(pipeline.rows());
      pipeline.finish((target, done) -> summary.set(done));
      pipeline.drain();
    }
    return summary.get();
  }

  private static class Memory implements AvroPipeline.Target {

    final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    final AtomicInteger closed = new AtomicInteger();

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      bytes.write(from, offset, length);
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }

    List<GenericRecord> read() throws IOException {
      var records = new ArrayList<GenericRecord>();
      try (var reader =
          new DataFileReader<GenericRecord>(
              new SeekableByteArrayInput(bytes.toByteArray()), new GenericDatumReader<>())) {
        reader.forEach(records::add);
      }
      return records;
    }
  }
}
