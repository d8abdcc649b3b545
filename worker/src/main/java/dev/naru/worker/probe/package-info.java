/** Looks whether a source can be read, for the status of a Connection. */
package dev.naru.worker.probe;
