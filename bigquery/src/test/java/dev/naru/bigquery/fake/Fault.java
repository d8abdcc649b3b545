package dev.naru.bigquery.fake;

/** What goes wrong with one request. */
public enum Fault {
  /** 503, and nothing happened. */
  BEFORE,
  /** 429, and nothing happened. */
  THROTTLED,
  /** 403: no right, and nothing happened. */
  DENIED,
  /** It happened, but the connection breaks before the answer. */
  AFTER,
  /** No answer within the client's patience; it happens afterwards, when the client has gone on. */
  LATE,
  /** It is delivered twice; the client sees the second answer. */
  TWICE,
  /** The client dies before it happened: this and every later request of it fails. */
  DEATH_BEFORE,
  /** The client dies after it happened. */
  DEATH_AFTER
}
