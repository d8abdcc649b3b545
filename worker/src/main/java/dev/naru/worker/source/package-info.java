/** What every source database offers to a run: inspection, a plan, chunks, receipts. */
package dev.naru.worker.source;
