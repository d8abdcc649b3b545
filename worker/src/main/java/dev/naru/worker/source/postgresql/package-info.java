/** Reads PostgreSQL: COPY in binary form, block ranges under one exported snapshot. */
package dev.naru.worker.source.postgresql;
