/**
 * What a mart's run asks of BigQuery: the dataset, dry runs, builds, checks and publishes of its
 * tables. {@link dev.naru.bigquery.mart.MartWarehouse} is the whole of it.
 */
package dev.naru.bigquery.mart;
