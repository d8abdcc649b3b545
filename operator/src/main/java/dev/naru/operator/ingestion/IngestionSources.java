package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Background;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.template.TemplateSource;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an IngestionJob's reconciler watches. Children are selected by label. */
record IngestionSources(
    InformerEventSource<CronJob, IngestionJob> cronJobs,
    InformerEventSource<Job, IngestionJob> jobs,
    InformerEventSource<Pod, IngestionJob> pods,
    InformerEventSource<ConfigMap, IngestionJob> configMaps,
    InformerEventSource<Connection, IngestionJob> connections,
    InformerEventSource<Warehouse, IngestionJob> warehouses,
    TemplateSource<IngestionJob> templates,
    Background<RunLedger.Entry, IngestionJob> ledger) {

  private static final String BY_CONNECTION = "connection";
  private static final String BY_WAREHOUSE = "warehouse";

  static IngestionSources of(
      EventSourceContext<IngestionJob> context,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Background<RunLedger.Entry, IngestionJob> ledger) {
    var primaries = context.getPrimaryCache();
    primaries.addIndexer(BY_CONNECTION, job -> List.of(key(job, connectionName(job))));
    primaries.addIndexer(BY_WAREHOUSE, job -> List.of(key(job, warehouseName(job))));
    return new IngestionSources(
        new InformerEventSource<>(
            children(CronJob.class).withOnUpdateFilter(Wakes::onChildSpec).build(), context),
        new InformerEventSource<>(children(Job.class).build(), context),
        new InformerEventSource<>(children(Pod.class).build(), context),
        new InformerEventSource<>(
            children(ConfigMap.class).withOnUpdateFilter(Wakes::onChildSpec).build(), context),
        reference(Connection.class, BY_CONNECTION, IngestionSources::connectionName, context),
        reference(Warehouse.class, BY_WAREHOUSE, IngestionSources::warehouseName, context),
        TemplateSource.of(
            context, clusterDefault, job -> Optional.ofNullable(job.getSpec().templateRef())),
        ledger);
  }

  List<EventSource<?, IngestionJob>> all() {
    return List.of(cronJobs, jobs, pods, configMaps, connections, warehouses, templates, ledger);
  }

  static String connectionName(IngestionJob job) {
    return job.getSpec().source().connectionRef().name();
  }

  static String warehouseName(IngestionJob job) {
    return job.getSpec().destination().warehouseRef().name();
  }

  private static <C extends HasMetadata> InformerEventSourceConfiguration.Builder<C> children(
      Class<C> type) {
    return Informers.children(type, IngestionJob.class);
  }

  /** Watches a referenced kind; a change wakes the jobs that refer to the object by name. */
  private static <C extends HasMetadata> InformerEventSource<C, IngestionJob> reference(
      Class<C> type,
      String index,
      Function<IngestionJob, String> name,
      EventSourceContext<IngestionJob> context) {
    return new InformerEventSource<>(
        Informers.of(type, IngestionJob.class)
            .withOnUpdateFilter(Wakes::onChildSpec)
            .withSecondaryToPrimaryMapper(
                object ->
                    context
                        .getPrimaryCache()
                        .byIndex(index, key(object, object.getMetadata().getName()))
                        .stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper(
                (IngestionJob job) ->
                    Set.of(new ResourceID(name.apply(job), job.getMetadata().getNamespace())))
            .build(),
        context);
  }

  private static String key(HasMetadata object, String name) {
    return object.getMetadata().getNamespace() + "/" + name;
  }
}
