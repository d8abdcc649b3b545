/** The operator on a real API server with its controllers; pods are played by {@code Kubelet}. */
package dev.naru.operator.it;
