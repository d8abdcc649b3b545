package dev.naru.worker.source.postgresql;

/** How PostgreSQL sends a value in binary form, by what it takes to turn it into Avro. */
enum Wire {
  BOOL,
  INT2,
  INT4,
  INT8,
  /** Unsigned 32 bits. */
  OID,
  FLOAT4,
  FLOAT8,
  NUMERIC,
  /** Bytes of UTF-8, also enum labels and whatever was cast to text. */
  TEXT,
  /** {@code character(n)}: text whose trailing blanks are padding and mean nothing. */
  PADDED_TEXT,
  UUID,
  BYTEA,
  /** Text after one version byte. */
  JSONB,
  /** Days since 2000-01-01. */
  DATE,
  /** Microseconds of the day. */
  TIME,
  /** Microseconds since 2000-01-01, with or without a zone. */
  TIMESTAMP
}
