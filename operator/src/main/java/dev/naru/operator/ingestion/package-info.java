/** IngestionJob: a CronJob, its run files, requested runs, and what became of them. */
package dev.naru.operator.ingestion;
