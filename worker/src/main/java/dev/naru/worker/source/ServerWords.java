package dev.naru.worker.source;

import dev.naru.bigquery.ServerText;
import java.sql.SQLException;

/** What a database server says in an error, as it may be told: no password, no value of a row. */
public final class ServerWords {

  private ServerWords() {}

  /**
   * The words, of which only errors about names and rights (SQLSTATE 42 and 28) are told as they
   * are; others may quote values of rows.
   *
   * @param said the server's own words, without those of the driver
   */
  public static String of(String said, SQLException e, Credentials credentials) {
    var state = e.getSQLState() == null ? "" : e.getSQLState();
    // the password first: one with a quote in it would be taken for the end of a value
    var hidden = credentials.hide(said);
    return state.startsWith("42") || state.startsWith("28")
        ? hidden
        : ServerText.withoutValues(hidden);
  }
}
