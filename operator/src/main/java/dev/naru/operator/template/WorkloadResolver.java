package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.Resources;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Decides what counts for a resource: cluster default, namespace default, the template it names,
 * the resource itself, each over the one before; then all policies on top. Pure.
 */
public final class WorkloadResolver {

  private WorkloadResolver() {}

  /** The workload of a resource. */
  public static Workload resolve(Templates templates, Asked asked) {
    return switch (templates.chain(asked.template())) {
      case Templates.Chain.Found found -> resolve(found.layers(), asked);
      case Templates.Chain.Missing missing ->
          new Workload.Unresolved(
              Outcome.Wait.onMissing(
                  "spec.templateRef: WorkloadTemplate %s does not exist in namespace %s: create it or correct the name"
                      .formatted(missing.name(), asked.namespace())));
      case Templates.Chain.SeveralDefaults several ->
          new Workload.Unresolved(
              new Outcome.Fail(
                  Reason.SEVERAL_DEFAULTS, severalDefaults(several.names(), asked.namespace())));
    };
  }

  /** What to say when several templates claim to be the default. */
  static String severalDefaults(List<String> names, String namespace) {
    return "spec.default: WorkloadTemplates %s of namespace %s all say true, and none is picked: set it to false in all but one"
        .formatted(String.join(", ", names), namespace);
  }

  private static Workload resolve(List<Layer> layers, Asked asked) {
    var broken = broken(layers, asked);
    if (!broken.isEmpty()) {
      return fail(Reason.INVALID_SPEC, broken);
    }
    var policies = new Policies(layers);
    var settings = WorkerResources.fill(merged(layers, asked.pod()), policies.max());
    var violations = new ArrayList<>(policies.aboveMax(asked.path(), settings));
    violations.addAll(policies.missingLabels(asked.path(), settings));
    violations.addAll(policies.foreignImages(asked.images()));
    if (!violations.isEmpty()) {
      return fail(Reason.POLICY_VIOLATED, violations);
    }
    var contradictions = contradictions(asked.path(), settings);
    return contradictions.isEmpty()
        ? effective(asked.path(), settings)
        : fail(Reason.INVALID_SPEC, contradictions);
  }

  /** What a resource adds goes over all templates. */
  static Settings merged(List<Layer> layers, Optional<PodSettings> own) {
    var below =
        layers.stream()
            .map(Layer::settings)
            .reduce(Settings.NONE, (lower, upper) -> upper.over(lower));
    return Settings.of(new Origin.Own(), own.orElse(null), null).over(below);
  }

  private static List<String> broken(List<Layer> layers, Asked asked) {
    var problems = new ArrayList<String>();
    for (var layer : layers) {
      TemplateRules.problems(layer.spec(), layer.origin().words() + ": ").forEach(problems::add);
    }
    asked.pod().ifPresent(it -> problems.addAll(TemplateRules.podProblems(it, asked.path())));
    return problems;
  }

  /** What only shows when everything is put together, and would make the API server refuse. */
  private static List<String> contradictions(String path, Settings settings) {
    var problems = new ArrayList<String>();
    settings
        .requests()
        .forEach(
            (resource, request) -> {
              var limit = settings.limits().get(resource);
              if (limit != null && Policies.more(request.value(), limit.value())) {
                problems.add(
                    "%s.resources.requests.%s: %s is above the limit, which is %s (%s): write less, or a higher %s.resources.limits.%s"
                        .formatted(
                            path,
                            resource,
                            request.shown(),
                            limit.value(),
                            limit.origin().words(),
                            path,
                            resource));
              }
            });
    return problems;
  }

  private static Workload effective(String path, Settings settings) {
    return new Workload.Effective(
        new PodSettings(
            values(settings.labels()),
            settings.serviceAccountName().map(Traced::value).orElse(null),
            new Resources(values(settings.requests()), values(settings.limits())),
            values(settings.nodeSelector()),
            settings.tolerations().stream().map(Traced::value).toList()),
        settings.retries().map(Traced::value).orElse(Defaults.RETRIES),
        settings.timeout(),
        settings.historyLimit().map(Traced::value).orElse(Defaults.HISTORY_LIMIT),
        Shown.of(path, settings));
  }

  private static Workload fail(Reason reason, List<String> problems) {
    return new Workload.Unresolved(new Outcome.Fail(reason, String.join("; ", problems)));
  }

  private static <T> SortedMap<String, T> values(Map<String, Traced<T>> traced) {
    var values = new TreeMap<String, T>();
    traced.forEach((key, it) -> values.put(key, it.value()));
    return values;
  }
}
