/** A real API server for tests, shared by modules as a test-jar. */
package dev.naru.kubetest;
