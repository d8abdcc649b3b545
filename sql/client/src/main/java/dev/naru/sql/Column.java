package dev.naru.sql;

/**
 * A column.
 *
 * @param type in GoogleSQL's words, such as {@code INT64}, {@code NUMERIC(12, 2)}, {@code
 *     ARRAY<STRUCT<sku STRING, n INT64>>}
 */
public record Column(String name, String type) {}
