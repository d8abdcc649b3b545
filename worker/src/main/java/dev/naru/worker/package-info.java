/** The data plane: reads a source, stages, verifies, publishes. Knows nothing of Kubernetes. */
package dev.naru.worker;
