package dev.naru.operator.model.rollout;

import java.time.Duration;
import java.util.Optional;

/**
 * What the metrics of a canary must show.
 *
 * @param maxErrorPercent requests that may fail, 0 to 100
 * @param maxP99 the time within which 99 of 100 requests are answered; empty when it does not count
 * @param minRequests how many requests of a step are enough to judge by
 */
public record AnalysisLimits(double maxErrorPercent, Optional<Duration> maxP99, long minRequests) {}
