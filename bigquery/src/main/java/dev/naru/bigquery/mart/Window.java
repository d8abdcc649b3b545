package dev.naru.bigquery.mart;

import java.time.Instant;
import java.time.ZoneId;

/**
 * The span of data a run is about: from {@code start}, inclusive, to {@code end}, exclusive.
 *
 * @param zone in which days, months and years begin
 */
public record Window(Instant start, Instant end, ZoneId zone) {}
