/**
 * What the operator tells Prometheus: one catalogue, few labels, nothing that a restart recounts.
 */
package dev.naru.operator.metrics;
