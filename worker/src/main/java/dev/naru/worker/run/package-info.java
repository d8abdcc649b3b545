/** One ingestion run from its identity to its result: every step can be repeated after a death. */
package dev.naru.worker.run;
