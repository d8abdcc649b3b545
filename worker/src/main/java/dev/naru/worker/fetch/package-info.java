/** Brings the files of a model into a pod, verified, before what answers starts. */
package dev.naru.worker.fetch;
