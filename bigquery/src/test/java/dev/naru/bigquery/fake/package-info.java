/**
 * A BigQuery and a Cloud Storage in memory, over HTTP, with Google's wire rules and error texts for
 * the calls that Naru makes, and with faults on demand. It runs the statements that Naru writes and
 * refuses every other, so a changed recipe cannot pass unnoticed.
 */
package dev.naru.bigquery.fake;
