package dev.naru.worker.source;

import dev.naru.bigquery.FailureReason;

/** What can go wrong between Naru and a source database. */
public enum SourceReason implements FailureReason {
  /** The host name does not resolve. */
  HOST_UNKNOWN("HostUnknown"),
  /** Nobody listens on that port. */
  CONNECTION_REFUSED("ConnectionRefused"),
  /** No answer in time. */
  CONNECT_TIMEOUT("ConnectTimeout"),
  /** TLS could not be agreed on, or the server's certificate is not trusted. */
  TLS_FAILED("TlsFailed"),
  /** Wrong user name or password, or no right to connect. */
  AUTHENTICATION_FAILED("AuthenticationFailed"),
  /** The database does not exist on the server. */
  DATABASE_UNKNOWN("DatabaseUnknown"),
  /** The server is up but takes no session now: starting, stopping, or out of connections. */
  SERVER_REFUSED("ServerRefused"),
  /** The connection broke in the middle. */
  CONNECTION_LOST("ConnectionLost"),
  /** The schema is not among those the Connection allows. */
  SCHEMA_NOT_ALLOWED("SchemaNotAllowed"),
  /** The schema does not exist. */
  SCHEMA_NOT_FOUND("SchemaNotFound"),
  /** The table does not exist. */
  SOURCE_TABLE_NOT_FOUND("SourceTableNotFound"),
  /** A column that the job names does not exist. */
  COLUMN_NOT_FOUND("ColumnNotFound"),
  /** BigQuery cannot have a column of that name. */
  COLUMN_NAME_UNSUPPORTED("ColumnNameUnsupported"),
  /** The user may not read the table. */
  SOURCE_ACCESS_DENIED("SourceAccessDenied"),
  /** The filter is not one valid predicate. */
  FILTER_INVALID("FilterInvalid"),
  /** Reading by the cursor would scan the whole table. */
  CURSOR_NOT_INDEXED("CursorNotIndexed"),
  /** The cursor's type has no order that changes follow. */
  CURSOR_UNSUPPORTED("CursorUnsupported"),
  /** The engine cannot do that load mode. */
  MODE_UNSUPPORTED("ModeUnsupported"),
  /** A row is larger than the largest allowed. */
  ROW_TOO_LARGE("RowTooLarge"),
  /** The server refused or failed a statement for a reason of its own. */
  SOURCE_FAILED("SourceFailed");

  private final String code;

  SourceReason(String code) {
    this.code = code;
  }

  @Override
  public String code() {
    return code;
  }
}
