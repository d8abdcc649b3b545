package dev.naru.worker.source.mysql;

import dev.naru.worker.source.SqlSession;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

/** A session whose rows are streamed. */
public final class MySqlSession extends SqlSession {

  private final MySqlErrors errors;

  MySqlSession(Connection connection, MySqlErrors errors) {
    super(connection, errors::running);
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

  /** A statement whose rows come off the socket a few at a time, in binary form. */
  PreparedStatement streaming(String sql, int fetchSize) throws SQLException {
    var statement =
        connection.prepareStatement(sql, ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY);
    statement.setFetchSize(fetchSize);
    return statement;
  }
}
