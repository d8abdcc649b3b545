package dev.naru.sql;

/** What a statement does. */
public enum StatementKind {
  /** Reads and gives rows; the only kind a curated table is made of. */
  QUERY,
  /** Changes rows: INSERT, UPDATE, DELETE, MERGE, TRUNCATE. */
  DML,
  /** Creates, alters or drops. */
  DDL,
  /** Anything else: EXPORT, GRANT, CALL, ASSERT, control of transactions. */
  OTHER
}
