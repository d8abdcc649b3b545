package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.kube.SharedCaches;
import dev.naru.operator.kube.Wakes;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a DataMart's reconciler watches, and what it sees in the caches of others.
 *
 * @param names what SQL names, remembered
 */
record MartSources(
    InformerEventSource<Warehouse, DataMart> warehouses,
    InformerEventSource<ConfigMap, DataMart> inputs,
    InformerEventSource<IngestionJob, DataMart> jobs,
    InformerEventSource<DataMart, DataMart> marts,
    SharedCaches caches,
    NameCache names) {

  static MartSources of(
      EventSourceContext<DataMart> context, SharedCaches caches, NameCache names) {
    return new MartSources(
        watched(
            Warehouse.class,
            context,
            Wakes::onChildSpec,
            (mart, it) -> mart.getSpec().warehouseRef().name().equals(name(it)),
            Optional.empty()),
        watched(
            ConfigMap.class,
            context,
            (now, before) -> !Objects.equals(now.getData(), before.getData()),
            (mart, it) -> takes(mart, name(it)),
            Optional.of(Labels.INPUT + "=true")),
        watched(
            IngestionJob.class,
            context,
            (now, before) ->
                Wakes.onChildSpec(now, before) || !Objects.equals(through(now), through(before)),
            (mart, it) -> reads(names, mart, target(it)::equals),
            Optional.empty()),
        watched(
            DataMart.class,
            context,
            (now, before) ->
                Wakes.onChildSpec(now, before) || !Objects.equals(through(now), through(before)),
            (mart, it) ->
                !name(mart).equals(name(it))
                    && (mart.getSpec().dataset().name().equals(it.getSpec().dataset().name())
                        || reads(names, mart, table -> table.startsWith(dataset(it)))
                        || reads(names, it, table -> table.startsWith(dataset(mart)))),
            Optional.empty()),
        caches,
        names);
  }

  /** Marts that a service reads, or did so when they were planned last. */
  static Stream<ResourceID> read(ModelService service, IndexerResourceCache<DataMart> marts) {
    return marts
        .list(
            service.getMetadata().getNamespace(),
            mart ->
                MartReaders.reads(service, mart)
                    || Optional.ofNullable(mart.getStatus())
                        .map(DataMartStatus::plan)
                        .filter(it -> it.readers().contains(MartReaders.resource(service)))
                        .isPresent())
        .map(ResourceID::fromResource);
  }

  MartSurroundings surroundings(DataMart mart) {
    var namespace = mart.getMetadata().getNamespace();
    return new MartSurroundings(
        name -> warehouses.get(new ResourceID(name, namespace)),
        name -> inputs.get(new ResourceID(name, namespace)),
        jobs.list(namespace, _ -> true).toList(),
        marts.list(namespace, _ -> true).toList(),
        caches.in(ModelService.class, namespace).toList(),
        names);
  }

  /** Which marts a change of something concerns. */
  private interface Concerns<C> {
    boolean test(DataMart mart, C changed);
  }

  private static <C extends HasMetadata> InformerEventSource<C, DataMart> watched(
      Class<C> type,
      EventSourceContext<DataMart> context,
      OnUpdateFilter<C> filter,
      Concerns<C> concerns,
      Optional<String> selector) {
    var configuration =
        Informers.of(type, DataMart.class)
            .withOnUpdateFilter(filter)
            .withSecondaryToPrimaryMapper(
                changed ->
                    context
                        .getPrimaryCache()
                        .list(
                            changed.getMetadata().getNamespace(),
                            mart -> concerns.test(mart, changed))
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper((DataMart _) -> Set.of());
    selector.ifPresent(configuration::withLabelSelector);
    return new InformerEventSource<>(configuration.build(), context);
  }

  private static boolean takes(DataMart mart, String configMap) {
    return mart.getSpec().tables().stream()
        .map(it -> it.sql().configMapKeyRef())
        .filter(Objects::nonNull)
        .anyMatch(it -> it.name().equals(configMap));
  }

  /** Whether the SQL of a mart names a table; SQL in a ConfigMap may name any. */
  private static boolean reads(NameCache names, DataMart mart, Predicate<String> table) {
    return mart.getSpec().tables().stream()
        .anyMatch(
            it ->
                it.sql().inline() == null
                    || it.dependsOn().stream().anyMatch(table)
                    || names.in(it.sql().inline()).stream()
                        .map(SqlNames.Named::table)
                        .anyMatch(table));
  }

  private static String target(IngestionJob job) {
    return job.getSpec().destination().dataset() + "." + job.getSpec().destination().table();
  }

  private static String dataset(DataMart mart) {
    return mart.getSpec().dataset().name() + ".";
  }

  private static String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  private static Optional<Instant> through(IngestionJob job) {
    return Optional.ofNullable(job.getStatus()).map(IngestionJobStatus::dataThrough);
  }

  /** Of each table: one may be complete while another failed. */
  private static Map<String, Instant> through(DataMart mart) {
    var through = new TreeMap<String, Instant>();
    Optional.ofNullable(mart.getStatus()).map(DataMartStatus::tables).orElse(List.of()).stream()
        .filter(it -> it.dataThrough() != null)
        .forEach(it -> through.put(it.name(), it.dataThrough()));
    return through;
  }
}
