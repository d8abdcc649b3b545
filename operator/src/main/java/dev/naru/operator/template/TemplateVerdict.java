package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.UsedBy;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateStatus;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Whether a template can be used, and by whom it is, as status and notice. Pure. */
record TemplateVerdict(WorkloadTemplateStatus status, Optional<Notice> notice) {

  /**
   * Judges a template.
   *
   * @param templates all of its namespace, with it or without
   * @param users the resources that use it, in any order
   */
  static TemplateVerdict of(
      WorkloadTemplate template, Templates templates, List<UsedBy.Resource> users, Clock clock) {
    List<Condition> before =
        Optional.ofNullable(template.getStatus())
            .map(WorkloadTemplateStatus::conditions)
            .orElse(List.of());
    var generation = template.getMetadata().getGeneration();
    var conditions = new Conditions(before, generation, clock);
    // it never waits, so time alone changes nothing
    Readiness.report(conditions, outcome(template, templates));
    return new TemplateVerdict(
        new WorkloadTemplateStatus(generation, conditions.toList(), usedBy(users)),
        Notice.ofReadiness(before, conditions.toList()));
  }

  private static UsedBy usedBy(List<UsedBy.Resource> users) {
    return new UsedBy(
        users.size(),
        users.stream()
            .sorted(
                Comparator.comparing(UsedBy.Resource::kind).thenComparing(UsedBy.Resource::name))
            .limit(UsedBy.MOST)
            .toList());
  }

  private static Outcome outcome(WorkloadTemplate template, Templates templates) {
    var namespace = template.getMetadata().getNamespace();
    var problems = TemplateRules.problems(template.getSpec(), "spec.");
    if (!problems.isEmpty()) {
      return new Outcome.Fail(Reason.INVALID_SPEC, String.join("; ", problems));
    }
    var defaults = templates.defaults();
    if (Templates.isDefault(template) && defaults.size() > 1) {
      return new Outcome.Fail(
          Reason.SEVERAL_DEFAULTS, WorkloadResolver.severalDefaults(defaults, namespace));
    }
    var above = new Policies(layers(template, templates)).aboveMax("spec.pod", own(template));
    if (!above.isEmpty()) {
      return new Outcome.Fail(Reason.POLICY_VIOLATED, String.join("; ", above));
    }
    return new Outcome.Done(
        Reason.ACCEPTED,
        Templates.isDefault(template)
            ? "Counts for every resource in namespace %s; a template that is named, and the resource itself, go before it"
                .formatted(namespace)
            : "Counts for the resources that name it in spec.templateRef");
  }

  private static Settings own(WorkloadTemplate template) {
    return Settings.of(new Origin.Own(), template.getSpec().pod(), null);
  }

  /** Its own policy, and those that hold wherever it counts; broken neighbours are not asked. */
  private static List<Layer> layers(WorkloadTemplate template, Templates templates) {
    var layers = new ArrayList<Layer>();
    if (templates.chain(Optional.empty()) instanceof Templates.Chain.Found found) {
      layers.addAll(found.layers());
    }
    layers.add(Templates.layer(template));
    layers.removeIf(it -> !TemplateRules.problems(it.spec(), "").isEmpty());
    return layers;
  }
}
