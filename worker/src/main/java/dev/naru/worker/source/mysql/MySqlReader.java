package dev.naru.worker.source.mysql;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.worker.avro.RowTooLargeException;
import dev.naru.worker.avro.RowWriter;
import dev.naru.worker.source.Chunk;
import dev.naru.worker.source.ParallelRead;
import dev.naru.worker.source.SourceReason;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** Streams chunks of a table out of one session. */
final class MySqlReader implements ParallelRead.Session {

  /** The driver keeps that many rows; the fetch size counts rows, not bytes. */
  private static final long FETCH_BYTES = 4L << 20;

  /** More is not faster, and rows may be much larger than on average. */
  private static final int MAX_FETCH = 100;

  private final MySqlSession session;
  private final MySqlTable table;
  private final List<MySqlColumn> columns;
  private final String predicate;

  MySqlReader(MySqlSession session, MySqlTable table, List<MySqlColumn> columns, String predicate) {
    this.session = session;
    this.table = table;
    this.columns = columns;
    this.predicate = predicate;
  }

  @Override
  public ParallelRead.Read read(Chunk chunk, RowWriter rows) throws InterruptedException {
    var values = new Values(columns);
    var fetch = Math.clamp(FETCH_BYTES / table.rowBytes(), 1, MAX_FETCH);
    try (var statement = session.streaming(sql(chunk), fetch);
        var result = statement.executeQuery()) {
      var count = 0L;
      while (result.next()) {
        row(result, values, rows);
        count++;
      }
      return new ParallelRead.Read(count, values.conversions(), 0);
    } catch (SQLException e) {
      throw session.errors().running("reading " + table.title(), e);
    }
  }

  @Override
  public void abort() {
    session.abort();
  }

  private void row(ResultSet result, Values values, RowWriter rows)
      throws SQLException, InterruptedException {
    try {
      values.row(result, rows);
      rows.endRow();
    } catch (RowTooLargeException e) {
      var key = key(result);
      // closing the statement would read the rest of the result first
      session.abort();
      throw new ActionNeededFailure(
          SourceReason.ROW_TOO_LARGE,
          "A row of %s has %,d bytes or more, but BigQuery takes at most %,d; its key is %s. Leave the large column out with spec.source.columns.exclude, or the row with spec.source.filter."
              .formatted(table.title(), e.rowBytes(), e.maxBytes(), key),
          e);
    }
  }

  private String key(ResultSet result) throws SQLException {
    var text = new ArrayList<String>();
    for (var i = 0; i < columns.size(); i++) {
      var name = columns.get(i).name();
      if (table.primaryKey().contains(name)) {
        text.add(name + "=" + result.getString(i + 1));
      }
    }
    return text.isEmpty() ? "unknown (the table has no primary key)" : String.join(", ", text);
  }

  private String sql(Chunk chunk) {
    return "SELECT %s FROM %s%s"
        .formatted(
            columns.stream().map(MySqlColumn::expression).collect(Collectors.joining(", ")),
            table.sql(),
            Sql.where(predicate, chunk.predicate()));
  }
}
