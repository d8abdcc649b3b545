/**
 * The contract between operator and worker: the run file and probe file going in, the result
 * documents coming out, and the identities both sides derive from them. Stands alone.
 */
package dev.naru.runfile;
