package dev.naru.operator.pod;

/**
 * The image of worker pods.
 *
 * @param pullPolicy Always, IfNotPresent or Never
 */
public record WorkerImage(String name, String pullPolicy) {}
