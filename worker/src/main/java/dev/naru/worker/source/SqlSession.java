package dev.naru.worker.source;

import dev.naru.bigquery.Failure;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/** One session with a server, in which small statements are run; engines add how rows come out. */
public abstract class SqlSession implements AutoCloseable {

  protected final Connection connection;
  private final BiFunction<String, SQLException, Failure> failed;

  /**
   * @param failed says in words what an error means that came up while doing something
   */
  protected SqlSession(Connection connection, BiFunction<String, SQLException, Failure> failed) {
    this.connection = connection;
    this.failed = failed;
  }

  /** Runs statements that return nothing. */
  public void execute(String what, String sql) {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    } catch (SQLException e) {
      throw failed.apply(what, e);
    }
  }

  /** Runs a query with text parameters; values as text, null for NULL. */
  public List<List<String>> rows(String what, String sql, String... parameters) {
    try {
      return query(sql, parameters);
    } catch (SQLException e) {
      throw failed.apply(what, e);
    }
  }

  /** The only row of a query. */
  public List<String> row(String what, String sql, String... parameters) {
    return rows(what, sql, parameters).getFirst();
  }

  /** Like {@link #rows}, for callers that know what an error means. */
  public List<List<String>> query(String sql, String... parameters) throws SQLException {
    if (parameters.length == 0) {
      try (var statement = connection.createStatement()) {
        statement.setEscapeProcessing(false);
        try (var result = statement.executeQuery(sql)) {
          return rows(result);
        }
      }
    }
    try (var statement = connection.prepareStatement(sql)) {
      for (var i = 0; i < parameters.length; i++) {
        statement.setString(i + 1, parameters[i]);
      }
      try (var result = statement.executeQuery()) {
        return rows(result);
      }
    }
  }

  private static List<List<String>> rows(ResultSet result) throws SQLException {
    var count = result.getMetaData().getColumnCount();
    var rows = new ArrayList<List<String>>();
    while (result.next()) {
      var row = new ArrayList<String>(count);
      for (var i = 1; i <= count; i++) {
        row.add(result.getString(i));
      }
      rows.add(row);
    }
    return rows;
  }

  /** Breaks the connection, whatever another thread is doing with it. */
  public void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw failed.apply("breaking the connection", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed.apply("closing the connection", e);
    }
  }
}
