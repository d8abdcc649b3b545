package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.operator.kube.Children;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What tells a collector of metrics about the pods of a service, those of a canary too. Each series
 * has the labels {@code revision} and {@code track}, so that the two can be compared. Pure.
 */
final class ScrapeManifests {

  private static final String EVERY = "30s";

  /** Labels of pods, and what series have instead. */
  private static final Map<String, String> KEPT = kept();

  private final ModelService service;
  private final PodSettings pod;
  private final MetricsEndpoint endpoint;

  ScrapeManifests(ModelService service, PodSettings pod, MetricsEndpoint endpoint) {
    this.service = service;
    this.pod = pod;
    this.endpoint = endpoint;
  }

  private static Map<String, String> kept() {
    var kept = new LinkedHashMap<String, String>();
    kept.put(Labels.REVISION, "revision");
    kept.put(Labels.TRACK, "track");
    return kept;
  }

  /** The object that this collector reads. */
  GenericKubernetesResource object(Collector collector) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(collector.apiVersion())
        .withKind(collector.kind())
        .withMetadata(Children.metadata(service, service.getMetadata().getName(), pod.labels()))
        .addToAdditionalProperties(
            "spec",
            switch (collector) {
              case GOOGLE -> podMonitoring();
              case PROMETHEUS_OPERATOR -> podMonitor();
            })
        .build();
  }

  private Map<String, Object> podMonitoring() {
    var spec = new LinkedHashMap<String, Object>();
    spec.put("selector", selector());
    spec.put("endpoints", List.of(address()));
    spec.put(
        "targetLabels",
        Map.of(
            "fromPod",
            KEPT.entrySet().stream()
                .map(
                    it -> {
                      var label = new LinkedHashMap<String, Object>();
                      label.put("from", it.getKey());
                      label.put("to", it.getValue());
                      return label;
                    })
                .toList()));
    return spec;
  }

  private Map<String, Object> podMonitor() {
    var spec = new LinkedHashMap<String, Object>();
    spec.put("selector", selector());
    var address = address();
    address.put(
        "relabelings",
        KEPT.entrySet().stream()
            .map(
                it -> {
                  var rule = new LinkedHashMap<String, Object>();
                  rule.put("action", "replace");
                  rule.put("sourceLabels", List.of(discovered(it.getKey())));
                  rule.put("targetLabel", it.getValue());
                  return rule;
                })
            .toList());
    spec.put("podMetricsEndpoints", List.of(address));
    return spec;
  }

  private Map<String, Object> selector() {
    return Map.of("matchLabels", PodManifests.all(service));
  }

  private Map<String, Object> address() {
    var address = new LinkedHashMap<String, Object>();
    address.put("port", endpoint.name());
    address.put("path", endpoint.path());
    address.put("interval", EVERY);
    return address;
  }

  /** What Prometheus calls the label of a pod while it looks for targets. */
  private static String discovered(String label) {
    return "__meta_kubernetes_pod_label_" + label.replaceAll("[^A-Za-z0-9_]", "_");
  }
}
