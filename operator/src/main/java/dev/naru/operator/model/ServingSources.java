package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.template.TemplateSource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What a ModelService's reconciler watches. Children are selected by label. */
record ServingSources(
    InformerEventSource<Deployment, ModelService> deployments,
    InformerEventSource<ReplicaSet, ModelService> replicaSets,
    InformerEventSource<Pod, ModelService> pods,
    InformerEventSource<Service, ModelService> services,
    InformerEventSource<HorizontalPodAutoscaler, ModelService> autoscalers,
    InformerEventSource<PodDisruptionBudget, ModelService> budgets,
    InformerEventSource<NetworkPolicy, ModelService> policies,
    InformerEventSource<ServiceAccount, ModelService> accounts,
    InformerEventSource<DataMart, ModelService> marts,
    TemplateSource<ModelService> templates) {

  private static final String BY_MART = "mart";

  static ServingSources of(
      EventSourceContext<ModelService> context, Optional<WorkloadTemplateSpec> clusterDefault) {
    context
        .getPrimaryCache()
        .addIndexer(
            BY_MART,
            service ->
                service.getSpec().inputs().stream()
                    .map(it -> key(service, it.dataMartRef().name()))
                    .toList());
    return new ServingSources(
        // their status and that of pods is what the service's is made of
        new InformerEventSource<>(children(Deployment.class).build(), context),
        new InformerEventSource<>(children(ReplicaSet.class).build(), context),
        new InformerEventSource<>(children(Pod.class).build(), context),
        quiet(Service.class, Service::getSpec, context),
        quiet(HorizontalPodAutoscaler.class, HorizontalPodAutoscaler::getSpec, context),
        quiet(PodDisruptionBudget.class, PodDisruptionBudget::getSpec, context),
        quiet(NetworkPolicy.class, NetworkPolicy::getSpec, context),
        quiet(ServiceAccount.class, ServiceAccount::getAutomountServiceAccountToken, context),
        marts(context),
        TemplateSource.of(
            context,
            clusterDefault,
            service -> Optional.ofNullable(service.getSpec().templateRef())));
  }

  List<EventSource<?, ModelService>> all() {
    return List.of(
        deployments,
        replicaSets,
        pods,
        services,
        autoscalers,
        budgets,
        policies,
        accounts,
        marts,
        templates);
  }

  /**
   * Their status wakes nobody.
   *
   * @param declared what counts: some kinds have no generation
   */
  private static <C extends HasMetadata> InformerEventSource<C, ModelService> quiet(
      Class<C> type, Function<C, Object> declared, EventSourceContext<ModelService> context) {
    return new InformerEventSource<>(
        children(type)
            .withOnUpdateFilter(
                (now, before) ->
                    Wakes.onChildSpec(now, before)
                        || !Objects.equals(declared.apply(now), declared.apply(before)))
            .build(),
        context);
  }

  private static <C extends HasMetadata> InformerEventSourceConfiguration.Builder<C> children(
      Class<C> type) {
    return Informers.children(type, ModelService.class);
  }

  /** A mart wakes the services that read it when its data reaches further. */
  private static InformerEventSource<DataMart, ModelService> marts(
      EventSourceContext<ModelService> context) {
    return new InformerEventSource<>(
        Informers.of(DataMart.class, ModelService.class)
            .withOnUpdateFilter((now, before) -> !Objects.equals(through(now), through(before)))
            .withSecondaryToPrimaryMapper(
                mart ->
                    context
                        .getPrimaryCache()
                        .byIndex(BY_MART, key(mart, mart.getMetadata().getName()))
                        .stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper(
                (ModelService service) ->
                    service.getSpec().inputs().stream()
                        .map(
                            it ->
                                new ResourceID(
                                    it.dataMartRef().name(), service.getMetadata().getNamespace()))
                        .collect(Collectors.toSet()))
            .build(),
        context);
  }

  private static Optional<Object> through(DataMart mart) {
    return Optional.ofNullable(mart.getStatus()).map(DataMartStatus::dataThrough);
  }

  private static String key(HasMetadata object, String name) {
    return object.getMetadata().getNamespace() + "/" + name;
  }
}
