package dev.naru.worker.source.postgresql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.worker.avro.RowTooLargeException;
import dev.naru.worker.avro.RowWriter;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ParallelRead;
import dev.naru.worker.source.SourceReason;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Collectors;
import org.postgresql.copy.CopyOut;

/** Copies chunks of a table out of one session. */
final class PgReader implements ParallelRead.Session {

  /** Signature (11 bytes), flags (4), length of an extension (4). */
  private static final int HEAD = 19;

  private static final int END = -1;

  private final PgSession session;
  private final PgTable table;
  private final List<PgColumn> columns;
  private final String predicate;
  private final int cursor;

  /**
   * A reader under the snapshot of its session's transaction.
   *
   * @param predicate of all rows of the plan
   * @param cursor index of the cursor's column, −1 when there is none
   */
  PgReader(PgSession session, PgTable table, List<PgColumn> columns, String predicate, int cursor) {
    this.session = session;
    this.table = table;
    this.columns = columns;
    this.predicate = predicate;
    this.cursor = cursor;
  }

  @Override
  public ParallelRead.Read read(Chunk chunk, RowWriter rows) throws InterruptedException {
    var decoder = new RowDecoder(columns, cursor);
    try {
      var copy = session.copies().copyOut(sql(chunk));
      drain(chunk, copy, decoder, rows);
      return new ParallelRead.Read(
          copy.getHandledRowCount(), decoder.conversions(), decoder.nullCursors());
    } catch (SQLException e) {
      throw session.errors().running("reading " + table.title(), e);
    }
  }

  @Override
  public void abort() {
    session.abort();
  }

  private void drain(Chunk chunk, CopyOut copy, RowDecoder decoder, RowWriter rows)
      throws SQLException, InterruptedException {
    var ended = false;
    var at = HEAD;
    for (var message = copy.readFromCopy(); message != null; message = copy.readFromCopy()) {
      if (at == HEAD) {
        at += Wires.int32(message, HEAD - 4);
      }
      if (at < message.length) {
        ended = Wires.int16(message, at) == END;
        if (!ended) {
          row(message, at, decoder, rows);
        }
      }
      at = 0;
    }
    if (!ended) {
      throw new RetryableFailure(
          SourceReason.CONNECTION_LOST,
          "The server ended chunk %s of %s without its end mark. Nothing was published; the next attempt reads it again."
              .formatted(chunk.id(), table.title()));
    }
  }

  private void row(byte[] message, int at, RowDecoder decoder, RowWriter rows)
      throws InterruptedException {
    try {
      decoder.row(message, at, rows);
      rows.endRow();
    } catch (RowTooLargeException e) {
      throw new ActionNeededFailure(
          SourceReason.ROW_TOO_LARGE,
          "A row of %s has %,d bytes or more, but BigQuery takes at most %,d; its key is %s. Leave the large column out with spec.source.columns.exclude, or the row with spec.source.filter."
              .formatted(
                  table.title(),
                  e.rowBytes(),
                  e.maxBytes(),
                  RowKey.of(message, at, columns, table.primaryKey())),
          e);
    }
  }

  private String sql(Chunk chunk) {
    return "COPY (SELECT %s FROM %s%s) TO STDOUT (FORMAT binary)"
        .formatted(
            columns.stream().map(PgColumn::expression).collect(Collectors.joining(", ")),
            table.sql(),
            Sql.where(predicate, chunk.predicate()));
  }
}
