/** Writes Avro container files from rows that are already encoded, with bounded memory. */
package dev.naru.worker.avro;
