package dev.naru.operator.model.rollout;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a service when the next step of its rollout is decided.
 *
 * @param target the declared revision
 * @param stable the newest revision that was rolled out; empty when none was
 * @param stableHealth of its pods; ready only when no older ones are left
 * @param canaries revisions with pods of their own beside those that are rolled out
 * @param weights shares that the stored route gives to canaries
 * @param route what the Gateway says of the stored route
 * @param analysis what the metrics of the step tell; passing when there is no analysis
 * @param staleInputs why the marts that the service reads hold the rollout
 * @param request what a person asks that was not answered yet
 */
public record RolloutObservation(
    String target,
    Optional<String> stable,
    RevisionHealth stableHealth,
    Map<String, RevisionHealth> canaries,
    Map<String, Integer> weights,
    RouteState route,
    AnalysisVerdict analysis,
    Optional<String> staleInputs,
    Optional<RolloutRequest> request,
    Instant now) {

  public RolloutObservation {
    canaries = Map.copyOf(canaries);
    weights = Map.copyOf(weights);
  }

  RevisionHealth canary(String revision) {
    return canaries.getOrDefault(revision, new RevisionHealth.Starting(""));
  }

  /** Whether the Gateway forwards nothing to a canary any more. */
  boolean withoutRequests(String revision) {
    return route instanceof RouteState.Ready && !weights.containsKey(revision);
  }
}
