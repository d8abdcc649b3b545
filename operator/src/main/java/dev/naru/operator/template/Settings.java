package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.JobSettings;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.Resources;
import dev.naru.crds.v1alpha1.Toleration;
import dev.naru.operator.kube.Quantities;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a template or a resource says about pod and runs, each value with its origin. Maps are
 * merged by key, single values replaced. Tolerations only permit, so they add up; one for the same
 * key and effect of a taint replaces those below it. Pure; {@link #over} is associative.
 */
record Settings(
    SortedMap<String, Traced<String>> labels,
    Optional<Traced<String>> serviceAccountName,
    SortedMap<String, Traced<Quantity>> requests,
    SortedMap<String, Traced<Quantity>> limits,
    SortedMap<String, Traced<String>> nodeSelector,
    List<Traced<Toleration>> tolerations,
    Optional<Traced<Integer>> retries,
    Optional<Traced<String>> timeout,
    Optional<Traced<Integer>> historyLimit) {

  /** Nothing is said. */
  static final Settings NONE = of(new Origin.BuiltIn(), null, null);

  Settings {
    labels = Collections.unmodifiableSortedMap(new TreeMap<>(labels));
    requests = Collections.unmodifiableSortedMap(new TreeMap<>(requests));
    limits = Collections.unmodifiableSortedMap(new TreeMap<>(limits));
    nodeSelector = Collections.unmodifiableSortedMap(new TreeMap<>(nodeSelector));
    tolerations = List.copyOf(tolerations);
  }

  /** What one source says; what it leaves out is null in the model. Its quantities must be ones. */
  static Settings of(Origin origin, PodSettings pod, JobSettings job) {
    var declared = Optional.ofNullable(pod);
    var resources = declared.map(PodSettings::resources);
    var runs = Optional.ofNullable(job);
    return new Settings(
        traced(origin, declared.map(PodSettings::labels), it -> it),
        declared.map(PodSettings::serviceAccountName).map(it -> new Traced<>(it, origin)),
        traced(origin, resources.map(Resources::requests), Quantities::canonical),
        traced(origin, resources.map(Resources::limits), Quantities::canonical),
        traced(origin, declared.map(PodSettings::nodeSelector), it -> it),
        declared.map(PodSettings::tolerations).orElse(List.of()).stream()
            .map(it -> new Traced<>(it, origin))
            .toList(),
        runs.map(JobSettings::retries).map(it -> new Traced<>(it, origin)),
        runs.map(JobSettings::timeout).map(it -> new Traced<>(it, origin)),
        runs.map(JobSettings::historyLimit).map(it -> new Traced<>(it, origin)));
  }

  /** These settings, and those of {@code lower} where these say nothing. */
  Settings over(Settings lower) {
    return new Settings(
        merged(lower.labels, labels),
        serviceAccountName.or(() -> lower.serviceAccountName),
        merged(lower.requests, requests),
        merged(lower.limits, limits),
        merged(lower.nodeSelector, nodeSelector),
        Stream.concat(
                lower.tolerations.stream().filter(it -> !replaced(it.value())),
                tolerations.stream())
            .toList(),
        retries.or(() -> lower.retries),
        timeout.or(() -> lower.timeout),
        historyLimit.or(() -> lower.historyLimit));
  }

  /** The same with other requests and limits. */
  Settings with(
      SortedMap<String, Traced<Quantity>> newRequests,
      SortedMap<String, Traced<Quantity>> newLimits) {
    return new Settings(
        labels,
        serviceAccountName,
        newRequests,
        newLimits,
        nodeSelector,
        tolerations,
        retries,
        timeout,
        historyLimit);
  }

  private boolean replaced(Toleration lower) {
    return tolerations.stream()
        .map(Traced::value)
        .anyMatch(
            it ->
                Objects.equals(it.key(), lower.key())
                    && Objects.equals(it.effect(), lower.effect()));
  }

  private static <T> SortedMap<String, Traced<T>> merged(
      Map<String, Traced<T>> lower, Map<String, Traced<T>> upper) {
    var merged = new TreeMap<>(lower);
    merged.putAll(upper);
    return merged;
  }

  private static <T> SortedMap<String, Traced<T>> traced(
      Origin origin, Optional<Map<String, T>> values, Function<T, T> form) {
    var traced = new TreeMap<String, Traced<T>>();
    values
        .orElse(Map.of())
        .forEach((key, value) -> traced.put(key, new Traced<>(form.apply(value), origin)));
    return traced;
  }
}
