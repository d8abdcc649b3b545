package dev.naru.worker.source.postgresql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** One session with a server, in which small statements are run and rows are copied out. */
public final class PgSession implements AutoCloseable {

  private final Connection connection;
  private final CopyManager copies;
  private final PgErrors errors;

  PgSession(Connection connection, PGConnection postgres, PgErrors errors) throws SQLException {
    this.connection = connection;
    this.copies = postgres.getCopyAPI();
    this.errors = errors;
  }

  CopyManager copies() {
    return copies;
  }

  PgErrors errors() {
    return errors;
  }

  /** Runs statements that return nothing. */
  void execute(String what, String sql) {
    try (var statement = connection.createStatement()) {
      statement.setEscapeProcessing(false);
      statement.execute(sql);
    } catch (SQLException e) {
      throw errors.running(what, e);
    }
  }

  /** Runs a query with text parameters; values as text, null for NULL. */
  List<List<String>> rows(String what, String sql, String... parameters) {
    try {
      return query(sql, parameters);
    } catch (SQLException e) {
      throw errors.running(what, e);
    }
  }

  /** The only row of a query. */
  List<String> row(String what, String sql, String... parameters) {
    return rows(what, sql, parameters).getFirst();
  }

  /** Like {@link #rows}, for callers that know what an error means. */
  List<List<String>> query(String sql, String... parameters) throws SQLException {
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

  private static List<List<String>> rows(java.sql.ResultSet result) throws SQLException {
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
  void abort() {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw errors.running("breaking the connection", e);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw errors.running("closing the connection", e);
    }
  }
}
