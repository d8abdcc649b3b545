/** What a run keeps in the staging bucket: its plan, files, receipts, manifest and result. */
package dev.naru.worker.stage;
