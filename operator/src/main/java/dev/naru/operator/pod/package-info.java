/** The worker's Jobs and pods: how they look, what they say, why they do not start. Pure. */
package dev.naru.operator.pod;
