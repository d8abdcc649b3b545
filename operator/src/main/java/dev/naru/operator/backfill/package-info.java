/**
 * Backfills: a range of a mart's history, built again interval by interval. What an interval needs
 * is done by the mart's own runs; here is what comes before, between and after them.
 */
package dev.naru.operator.backfill;
