package dev.naru.worker.source.postgresql;

import dev.naru.worker.source.SqlSession;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** A session out of which rows are copied. */
public final class PgSession extends SqlSession {

  private final CopyManager copies;
  private final PgErrors errors;

  PgSession(Connection connection, PGConnection postgres, PgErrors errors) throws SQLException {
    super(connection, errors::running);
    this.copies = postgres.getCopyAPI();
    this.errors = errors;
  }

  CopyManager copies() {
    return copies;
  }

  PgErrors errors() {
    return errors;
  }
}
