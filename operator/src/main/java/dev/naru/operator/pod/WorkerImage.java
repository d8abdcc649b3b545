package dev.naru.operator.pod;

/**
 * The image of worker pods, and how it logs.
 *
 * @param pullPolicy Always, IfNotPresent or Never
 * @param logFormat text or json
 * @param logLevel TRACE, DEBUG, INFO, WARN or ERROR
 */
public record WorkerImage(String name, String pullPolicy, String logFormat, String logLevel) {}
