package dev.naru.worker.source.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** One session with a server. */
public final class MySqlSession implements AutoCloseable {

  private final Connection connection;
  private final MySqlErrors errors;

  MySqlSession(Connection connection, MySqlErrors errors) {
    this.connection = connection;
    this.errors = errors;
  }

  MySqlErrors errors() {
    return errors;
  }

  /** Such as {@code 10.11.19-MariaDB-…}. */
  String version() {
    try {
      return connection.getMetaData().getDatabaseProductVersion();
    } catch (SQLException e) {
      throw errors.running("asking for the version", e);
    }
  }

  boolean isMariaDb() {
    return version().contains("MariaDB");
  }

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

  /** A statement whose rows come off the socket a few at a time, in binary form. */
  PreparedStatement streaming(String sql, int fetchSize) throws SQLException {
    var statement =
        connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(fetchSize);
    return statement;
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
}
