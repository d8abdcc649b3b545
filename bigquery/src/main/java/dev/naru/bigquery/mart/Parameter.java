package dev.naru.bigquery.mart;

import java.time.Instant;
import java.time.LocalDate;

/** The value of a named query parameter; its type in SQL is that of the member. */
public sealed interface Parameter {

  /** STRING. */
  record Text(String value) implements Parameter {}

  /** DATE. */
  record Day(LocalDate value) implements Parameter {}

  /** TIMESTAMP. */
  record Moment(Instant value) implements Parameter {}
}
