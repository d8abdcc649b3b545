/** Warehouse: one look at BigQuery and bucket per change or request. */
package dev.naru.operator.warehouse;
