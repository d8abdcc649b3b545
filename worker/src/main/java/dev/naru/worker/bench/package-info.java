/** Measures reading: a table into local Avro files, or nowhere, without a warehouse. */
package dev.naru.worker.bench;
