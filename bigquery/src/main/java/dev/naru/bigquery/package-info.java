/**
 * Everything that talks to BigQuery and Cloud Storage, shared by worker and operator: deterministic
 * job ids, adoption, one retry layer, staging, publish, ledger, schema plans, and errors in words
 * that say what to do.
 */
package dev.naru.bigquery;
