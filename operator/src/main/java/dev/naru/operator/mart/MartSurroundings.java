package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.mart.ResolvedMart.Upstream;
import io.fabric8.kubernetes.api.model.ConfigMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What else there is in the namespace of a DataMart. Pure.
 *
 * @param warehouses by name
 * @param configMaps by name; only those with the label that makes them an input
 * @param names what SQL names, remembered
 */
record MartSurroundings(
    Function<String, Optional<Warehouse>> warehouses,
    Function<String, Optional<ConfigMap>> configMaps,
    List<IngestionJob> jobs,
    List<DataMart> marts,
    List<ModelService> services,
    NameCache names) {

  /** What fills a table, besides a mart itself. */
  Optional<Upstream> filling(DataMart reader, String project, String table) {
    return jobs.stream()
        .filter(it -> table.equals(target(it)))
        .filter(it -> project.equals(project(it.getSpec().destination().warehouseRef().name())))
        .<Upstream>map(
            it ->
                new Upstream(
                    "IngestionJob " + it.getMetadata().getName(),
                    table,
                    Optional.ofNullable(it.getStatus()).map(IngestionJobStatus::dataThrough)))
        .findFirst()
        .or(
            () ->
                marts.stream()
                    .filter(it -> !same(it, reader))
                    .filter(it -> project.equals(project(it.getSpec().warehouseRef().name())))
                    .filter(it -> tables(it.getSpec()).contains(table))
                    .map(it -> upstream(it, table))
                    .findFirst());
  }

  /** {@code dataset.table} of all that resources of the namespace fill. */
  Set<String> filled() {
    return Stream.concat(
            jobs.stream().map(MartSurroundings::target),
            marts.stream().flatMap(it -> tables(it.getSpec()).stream()))
        .collect(Collectors.toSet());
  }

  /** An older DataMart that has the same dataset: two would undo each other. */
  Optional<DataMart> olderOfSameDataset(DataMart mart) {
    return marts.stream()
        .filter(it -> !same(it, mart))
        .filter(it -> it.getSpec().dataset().name().equals(mart.getSpec().dataset().name()))
        .filter(
            it ->
                project(it.getSpec().warehouseRef().name())
                    .equals(project(mart.getSpec().warehouseRef().name())))
        .filter(it -> age(it).compareTo(age(mart)) < 0)
        .findFirst();
  }

  /** The text of a table's SQL; empty when its ConfigMap or key is not there. */
  Optional<String> sql(dev.naru.crds.v1alpha1.SqlSource source) {
    if (source.inline() != null) {
      return Optional.of(source.inline());
    }
    var reference = source.configMapKeyRef();
    return configMaps
        .apply(reference.name())
        .map(ConfigMap::getData)
        .map(data -> data.get(reference.key()));
  }

  private static Upstream upstream(DataMart mart, String table) {
    var name = table.substring(table.indexOf('.') + 1);
    return new Upstream(
        "DataMart " + mart.getMetadata().getName(),
        table,
        Optional.ofNullable(mart.getStatus()).map(DataMartStatus::tables).stream()
            .flatMap(List::stream)
            .filter(it -> it.name().equals(name))
            .findFirst()
            .map(MartTableStatus::dataThrough));
  }

  /** {@code dataset.table} of each. */
  static List<String> tables(DataMartSpec spec) {
    return spec.tables().stream().map(it -> spec.dataset().name() + "." + it.name()).toList();
  }

  private static String target(IngestionJob job) {
    return job.getSpec().destination().dataset() + "." + job.getSpec().destination().table();
  }

  /** The project of a Warehouse; empty when there is none of this name. */
  String project(String warehouse) {
    return warehouses.apply(warehouse).map(it -> it.getSpec().bigQuery().project()).orElse("");
  }

  static boolean same(DataMart one, DataMart other) {
    return one.getMetadata().getName().equals(other.getMetadata().getName());
  }

  private static String age(DataMart mart) {
    return mart.getMetadata().getCreationTimestamp() + mart.getMetadata().getUid();
  }
}
