package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.kube.Background;
import dev.naru.operator.model.rollout.Analysis;
import dev.naru.operator.model.rollout.AnalysisLimits;
import dev.naru.operator.model.rollout.AnalysisVerdict;
import dev.naru.operator.model.rollout.MeasuredPods;
import dev.naru.operator.model.rollout.Measures;
import io.fabric8.kubernetes.api.model.Pod;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks at the metrics of a canary's pods and of those that are rolled out, again and again, and
 * judges by what has come since the step began. What was seen is kept in memory: after a restart a
 * step counts its requests anew.
 */
final class CanaryAnalysis {

  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(5);

  /** A revision of many pods is judged by some of them. */
  private static final int MOST_PODS = 20;

  private final PodMetrics metrics;
  private final Clock clock;
  private final Background<Looked, ModelService> looks;
  private final Map<ResourceID, Seen> seen = new ConcurrentHashMap<>();

  /** One look at all pods, by their UIDs. */
  record Looked(Map<String, Measures> canary, Map<String, Measures> stable) {}

  /**
   * What has come since a step began.
   *
   * @param step which one
   */
  private record Seen(String step, MeasuredPods canary, MeasuredPods stable) {}

  CanaryAnalysis(PodMetrics metrics, Clock clock) {
    this.metrics = metrics;
    this.clock = clock;
    this.looks =
        new Background<>(
            Looked.class, "canary-metrics", clock, _ -> new Looked(Map.of(), Map.of()));
  }

  Background<Looked, ModelService> source() {
    return looks;
  }

  /**
   * Judges.
   *
   * @param step names the revision and the step: what came before does not count
   */
  AnalysisVerdict judge(
      ModelService service,
      AnalysisLimits limits,
      String step,
      List<Pod> canary,
      List<Pod> stable) {
    var id = ResourceID.fromResource(service);
    var endpoint =
        MetricsEndpoint.of(service.getSpec())
            .orElseThrow(() -> new IllegalStateException("refused before"));
    var before =
        seen.compute(
            id,
            (_, known) ->
                known != null && known.step().equals(step)
                    ? known
                    : new Seen(step, MeasuredPods.NONE, MeasuredPods.NONE));
    var tick = clock.instant().getEpochSecond() / BETWEEN_LOOKS.toSeconds();
    var looked =
        looks.ask(
            id,
            step + "/" + tick,
            () -> new Looked(look(canary, endpoint), look(stable, endpoint)),
            _ -> true);
    if (looked.isEmpty()) {
      return verdict(limits, before);
    }
    var now = looked.get().value();
    var after =
        new Seen(step, before.canary().plus(now.canary()), before.stable().plus(now.stable()));
    seen.put(id, after);
    return now.canary().isEmpty() && !canary.isEmpty()
        ? new AnalysisVerdict.Undecided(
            "GET %s on port %d of its pods tells of no requests: is the operator's namespace in spec.allowFrom, and do the pods count http_requests_total or grpc_server_handled_total?"
                .formatted(endpoint.path(), endpoint.port()))
        : verdict(limits, after);
  }

  /** Nothing is judged any more. */
  void forget(ModelService service) {
    var id = ResourceID.fromResource(service);
    seen.remove(id);
    looks.forget(id);
  }

  private static AnalysisVerdict verdict(AnalysisLimits limits, Seen seen) {
    return Analysis.judge(limits, seen.canary().sum(), seen.stable().sum());
  }

  private Map<String, Measures> look(List<Pod> pods, MetricsEndpoint endpoint) {
    var measures = new HashMap<String, Measures>();
    pods.stream()
        .limit(MOST_PODS)
        .forEach(
            pod ->
                metrics
                    .look(pod, endpoint)
                    .ifPresent(it -> measures.put(pod.getMetadata().getUid(), it)));
    return measures;
  }
}
