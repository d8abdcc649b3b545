package dev.naru.operator.template;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.NameRef;
import dev.naru.crds.v1alpha1.UsedBy;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.StatusWriter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Says of a template whether it can be used and by whom; it changes nothing else. */
@ControllerConfiguration(name = "workloadtemplate", generationAwareEventProcessing = false)
public final class TemplateReconciler implements Reconciler<WorkloadTemplate> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "workloadtemplates", RESOURCES, "judges templates", LIST, WATCH),
          Right.on("naru.dev", "workloadtemplates/status", RESOURCES, "says who uses them", PATCH),
          Right.on("naru.dev", "ingestionjobs", RESOURCES, "who uses a template", LIST, WATCH),
          Right.on("naru.dev", "modelservices", RESOURCES, "who uses a template", LIST, WATCH));

  private final Optional<WorkloadTemplateSpec> clusterDefault;
  private final Notices notices;
  private final Clock clock;
  private TemplateSource<WorkloadTemplate> neighbours;
  private InformerEventSource<IngestionJob, WorkloadTemplate> jobs;
  private InformerEventSource<ModelService, WorkloadTemplate> services;

  public TemplateReconciler(
      Optional<WorkloadTemplateSpec> clusterDefault, Notices notices, Clock clock) {
    this.clusterDefault = clusterDefault;
    this.notices = notices;
    this.clock = clock;
  }

  /**
   * A template is judged together with its neighbours: any change of one wakes all of the
   * namespace, and so does a job that comes, goes or names another one. They are few.
   */
  @Override
  public List<EventSource<?, WorkloadTemplate>> prepareEventSources(
      EventSourceContext<WorkloadTemplate> context) {
    neighbours = new TemplateSource<>(context, clusterDefault, it -> all(it, context));
    jobs = users(IngestionJob.class, it -> it.getSpec().templateRef(), context);
    services = users(ModelService.class, it -> it.getSpec().templateRef(), context);
    return List.of(neighbours, jobs, services);
  }

  private static <U extends HasMetadata> InformerEventSource<U, WorkloadTemplate> users(
      Class<U> type, Function<U, NameRef> named, EventSourceContext<WorkloadTemplate> context) {
    return new InformerEventSource<>(
        Informers.of(type, WorkloadTemplate.class)
            .withOnUpdateFilter(
                (now, before) ->
                    !Objects.equals(named.apply(now), named.apply(before))
                        || !Objects.equals(
                            now.getMetadata().getUid(), before.getMetadata().getUid()))
            .withSecondaryToPrimaryMapper(it -> all(it, context))
            .withPrimaryToSecondaryMapper((WorkloadTemplate _) -> Set.of())
            .build(),
        context);
  }

  @Override
  public UpdateControl<WorkloadTemplate> reconcile(
      WorkloadTemplate template, Context<WorkloadTemplate> context) {
    var namespace = template.getMetadata().getNamespace();
    var verdict = TemplateVerdict.of(template, neighbours.in(namespace), users(template), clock);
    verdict.notice().ifPresent(notice -> notices.tell(template, notice));
    StatusWriter.write(template, verdict.status(), WorkloadTemplate::new, context);
    return UpdateControl.noUpdate();
  }

  private List<UsedBy.Resource> users(WorkloadTemplate template) {
    return Stream.concat(
            users(template, jobs, it -> it.getSpec().templateRef()),
            users(template, services, it -> it.getSpec().templateRef()))
        .map(it -> new UsedBy.Resource(it.getKind(), it.getMetadata().getName()))
        .toList();
  }

  private static <U extends HasMetadata> Stream<U> users(
      WorkloadTemplate template,
      InformerEventSource<U, WorkloadTemplate> all,
      Function<U, NameRef> named) {
    var reference = new NameRef(template.getMetadata().getName());
    return all.list(
        template.getMetadata().getNamespace(),
        it -> Templates.isDefault(template) || reference.equals(named.apply(it)));
  }

  private static Set<ResourceID> all(
      HasMetadata changed, EventSourceContext<WorkloadTemplate> context) {
    return context
        .getPrimaryCache()
        .list(changed.getMetadata().getNamespace(), _ -> true)
        .map(ResourceID::fromResource)
        .collect(Collectors.toSet());
  }
}
