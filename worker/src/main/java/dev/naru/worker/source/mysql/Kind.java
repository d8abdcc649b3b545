package dev.naru.worker.source.mysql;

/** How the driver is asked for a value. */
enum Kind {
  /** TINYINT(1), BIT(1). */
  BOOL,
  /** All integers but BIGINT UNSIGNED. */
  INTEGER,
  /** BIGINT UNSIGNED. */
  UNSIGNED,
  /** BIT(2) to BIT(63): big-endian bytes. */
  BITS,
  FLOAT,
  DOUBLE,
  DECIMAL,
  /** Bytes of UTF-8. */
  TEXT,
  BYTES,
  DATE,
  /** DATETIME and TIMESTAMP, the latter in UTC. */
  DATETIME,
  /** TIME: a duration of up to 838 hours. */
  DURATION
}
