package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.JobSettings;
import dev.naru.crds.v1alpha1.LabelSyntax;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.Policy;
import dev.naru.crds.v1alpha1.Registries;
import dev.naru.crds.v1alpha1.Toleration;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of the schema for what did not pass it: the chart's value, and objects that are older
 * than a rule. Pure.
 */
final class TemplateRules {

  private static final String QUANTITY = "write a quantity such as 500m or 512Mi";

  private TemplateRules() {}

  /** What is wrong, one sentence each; {@code where} goes before each path. */
  static List<String> problems(WorkloadTemplateSpec spec, String where) {
    var problems = new ArrayList<String>();
    Optional.ofNullable(spec.pod())
        .ifPresent(it -> problems.addAll(podProblems(it, where + "pod")));
    Optional.ofNullable(spec.job()).ifPresent(it -> job(it, where + "job", problems));
    Optional.ofNullable(spec.policy()).ifPresent(it -> policy(it, where + "policy", problems));
    return problems;
  }

  static List<String> podProblems(PodSettings pod, String path) {
    var problems = new ArrayList<String>();
    pod.labels()
        .forEach(
            (key, value) -> {
              label(path + ".labels", key, value, problems);
              reserved(path + ".labels", key, problems);
            });
    pod.nodeSelector().forEach((key, value) -> label(path + ".nodeSelector", key, value, problems));
    pod.tolerations().forEach(it -> toleration(it, path + ".tolerations", problems));
    if (pod.resources() != null) {
      quantities(path + ".resources.requests", pod.resources().requests(), false, problems);
      quantities(path + ".resources.limits", pod.resources().limits(), false, problems);
    }
    return problems;
  }

  private static void job(JobSettings job, String path, List<String> problems) {
    range(path + ".retries", job.retries(), 0, 10, problems);
    range(path + ".historyLimit", job.historyLimit(), 1, 20, problems);
    if (job.timeout() != null
        && !(job.timeout().matches(Durations.PATTERN)
            && Durations.parse(job.timeout()).isPositive())) {
      problems.add(
          "%s.timeout: '%s' is no duration above 0s: write hours, minutes and seconds such as 1h30m"
              .formatted(path, job.timeout()));
    }
  }

  private static void policy(Policy policy, String path, List<String> problems) {
    if (policy.resources() != null) {
      quantities(path + ".resources.max", policy.resources().max(), true, problems);
    }
    policy
        .requiredLabels()
        .forEach(
            key -> {
              label(path + ".requiredLabels", key, "", problems);
              reserved(path + ".requiredLabels", key, problems);
            });
    policy.registries().stream()
        .filter(it -> !it.matches(Registries.PATTERN))
        .map(
            it ->
                "%s.registries: '%s' is no beginning of an image: write host and path such as asia-docker.pkg.dev/my-project/models"
                    .formatted(path, it))
        .forEach(problems::add);
  }

  private static void label(String path, String key, String value, List<String> problems) {
    if (!key.matches(LabelSyntax.KEY) || !value.matches(LabelSyntax.VALUE)) {
      problems.add(
          "%s: '%s: %s' is no label: write keys such as team or example.com/team, and values of at most 63 letters, digits, -, _ and ."
              .formatted(path, key, value));
    }
  }

  private static void reserved(String path, String key, List<String> problems) {
    if (key.matches(LabelSyntax.RESERVED)) {
      problems.add(
          "%s: the label %s belongs to Naru, Kubernetes, Argo CD, Flux or Helm: choose another key"
              .formatted(path, key));
    }
  }

  private static void toleration(Toleration toleration, String path, List<String> problems) {
    var exists = "Exists".equals(toleration.operator());
    if (toleration.key() == null && !exists) {
      problems.add(path + ": a toleration without key needs operator: Exists");
    }
    if (toleration.value() != null && exists) {
      problems.add(path + ": a toleration with operator: Exists has no value");
    }
    if (toleration.tolerationSeconds() != null && !"NoExecute".equals(toleration.effect())) {
      problems.add(path + ": tolerationSeconds needs effect: NoExecute");
    }
    if (toleration.operator() != null && !exists && !"Equal".equals(toleration.operator())) {
      problems.add(
          "%s: operator '%s' is unknown: write Equal or Exists"
              .formatted(path, toleration.operator()));
    }
    if (toleration.effect() != null
        && !List.of("NoSchedule", "PreferNoSchedule", "NoExecute").contains(toleration.effect())) {
      problems.add(
          "%s: effect '%s' is unknown: write NoSchedule, PreferNoSchedule or NoExecute"
              .formatted(path, toleration.effect()));
    }
  }

  private static void quantities(
      String path, Map<String, Quantity> quantities, boolean positive, List<String> problems) {
    quantities.forEach(
        (name, quantity) -> {
          if (!(List.of("cpu", "memory", "ephemeral-storage").contains(name)
              || name.startsWith("hugepages-")
              || name.contains("/"))) {
            problems.add(
                "%s: there is no resource '%s': write cpu, memory, ephemeral-storage or one of a domain such as nvidia.com/gpu"
                    .formatted(path, name));
          }
          var amount = amount(quantity);
          if (amount.isEmpty() || amount.get().signum() < (positive ? 1 : 0)) {
            problems.add(
                "%s.%s: '%s' is not possible: %s%s"
                    .formatted(path, name, quantity, QUANTITY, positive ? ", above 0" : ""));
          }
        });
  }

  private static Optional<BigDecimal> amount(Quantity quantity) {
    try {
      return Optional.of(quantity.getNumericalAmount());
    } catch (IllegalArgumentException e) {
      // no number, or a suffix that does not exist: the caller says what is allowed
      return Optional.empty();
    }
  }

  private static void range(
      String path, Integer value, int least, int most, List<String> problems) {
    if (value != null && (value < least || value > most)) {
      problems.add("%s: %s is not possible: write %s to %s".formatted(path, value, least, most));
    }
  }
}
