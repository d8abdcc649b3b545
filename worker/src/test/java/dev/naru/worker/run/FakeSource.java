package dev.naru.worker.run;

import dev.naru.bigquery.Column;
import dev.naru.bigquery.ColumnType;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ChunkReceipt;
import dev.naru.worker.source.ChunkSink;
import dev.naru.worker.source.ReadPlan;
import dev.naru.worker.source.ReadRequest;
import dev.naru.worker.source.Source;
import dev.naru.worker.source.TableInfo;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;

/** A table in memory that is read in chunks of ten keys, as real Avro files. */
final class FakeSource implements Source {

  static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  /** One row. */
  record Row(String name, Instant updatedAt) {}

  /** The table behind it; survives the death of its readers. */
  static final class Table {
    final Map<Long, Row> rows = new TreeMap<>();
    List<Column> columns =
        List.of(
            Column.required("id", ColumnType.INT64),
            Column.nullable("name", ColumnType.STRING),
            Column.nullable("updated_at", ColumnType.TIMESTAMP));
    int minute;
    int chunksRead;
    int lostRows;

    /** Inserts or updates at the next minute. */
    void put(long id, String name) {
      rows.put(id, new Row(name, now()));
    }

    Instant now() {
      return EPOCH.plus(++minute, ChronoUnit.MINUTES);
    }
  }

  private static final String AVRO =
      """
      {"type": "record", "name": "row", "fields": [
        {"name": "id", "type": "long"},
        {"name": "name", "type": ["null", "string"]},
        {"name": "updated_at",
         "type": ["null", {"type": "long", "logicalType": "timestamp-micros"}]}]}
      """;

  private final Table table;
  private Map<Long, Row> snapshot = Map.of();

  FakeSource(Table table) {
    this.table = table;
  }

  @Override
  public TableInfo inspect() {
    return new TableInfo(
        "rental", "cars", table.columns, List.of("id"), -1, -1, "Fake 1", "Primary", List.of());
  }

  @Override
  public ReadPlan plan(ReadRequest request) {
    snapshot = new TreeMap<>(table.rows);
    var bound = EPOCH.plus(table.minute + 1L, ChronoUnit.MINUTES);
    if (request.earlier().isPresent()) {
      return request.earlier().get();
    }
    var from = request.previousBound().map(Instant::parse).orElse(Instant.MIN);
    var predicate = request.mode() == Mode.FULL ? "" : from + "/" + bound;
    var last = snapshot.keySet().stream().mapToLong(id -> id).max().orElse(0);
    var chunks =
        java.util.stream.LongStream.rangeClosed(0, last / 10)
            .mapToObj(n -> new Chunk("k" + n, String.valueOf(n)))
            .toList();
    return new ReadPlan(
        request.mode(),
        "view",
        ReadPlan.Consistency.SNAPSHOT,
        table.columns,
        AVRO,
        chunks,
        predicate,
        Optional.of(bound.toString()),
        bound,
        snapshot.size(),
        List.of());
  }

  @Override
  public void read(ReadPlan plan, Collection<Chunk> chunks, ChunkSink sink) {
    for (var chunk : chunks) {
      table.chunksRead++;
      var rows = new TreeMap<>(covered(plan));
      rows.keySet().removeIf(id -> id / 10 != Long.parseLong(chunk.predicate()));
      for (var i = 0; i < table.lostRows && !rows.isEmpty(); i++) {
        rows.pollFirstEntry();
      }
      var file = file(rows);
      try (var output = sink.open(chunk)) {
        output.write(file, 0, file.length);
        output.commit(
            new ChunkReceipt(
                chunk.id(),
                rows.size(),
                rows.size(),
                file.length,
                file.length,
                "0",
                "0",
                List.of(),
                0,
                Duration.ofMillis(1)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public long count(ReadPlan plan) {
    return covered(plan).size();
  }

  @Override
  public void close() {
    snapshot = Map.of();
  }

  private Map<Long, Row> covered(ReadPlan plan) {
    var rows = new TreeMap<>(snapshot);
    if (!plan.predicate().isEmpty()) {
      var range = plan.predicate().split("/", -1);
      rows.values()
          .removeIf(
              row ->
                  row.updatedAt().isBefore(Instant.parse(range[0]))
                      || !row.updatedAt().isBefore(Instant.parse(range[1])));
    }
    return rows;
  }

  private static byte[] file(Map<Long, Row> rows) {
    var schema = new Schema.Parser().parse(AVRO);
    var out = new ByteArrayOutputStream();
    try (var writer =
        new DataFileWriter<GenericData.Record>(new GenericDatumWriter<>(schema))
            .setCodec(CodecFactory.zstandardCodec(1))
            .create(schema, out)) {
      for (var row : rows.entrySet()) {
        var datum = new GenericData.Record(schema);
        datum.put("id", row.getKey());
        datum.put("name", row.getValue().name());
        datum.put(
            "updated_at", ChronoUnit.MICROS.between(Instant.EPOCH, row.getValue().updatedAt()));
        writer.append(datum);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
