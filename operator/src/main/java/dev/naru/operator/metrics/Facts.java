package dev.naru.operator.metrics;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.BackfillStatus;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.ConnectionStatus;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.crds.v1alpha1.Run;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WarehouseStatus;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateStatus;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What metrics need to know of one resource, whatever its kind. Pure.
 *
 * @param conditions empty before the first reconcile
 * @param data of a kind that carries data
 * @param rollout of a ModelService that is rolled out by steps
 */
record Facts(
    HasMetadata resource,
    List<Condition> conditions,
    Optional<Data> data,
    Optional<RolloutStatus> rollout) {

  /**
   * How the data of a resource stands.
   *
   * @param through up to when the target is complete
   * @param active whether a run is under way
   * @param bytes of the newest run that ended
   * @param tables bytes of each table, for a kind that has several
   */
  record Data(
      Optional<Instant> through,
      Optional<Run> lastSuccess,
      boolean active,
      Optional<Long> bytes,
      Map<String, Long> tables) {

    Data {
      tables = Map.copyOf(tables);
    }
  }

  private Facts(HasMetadata resource, List<Condition> conditions, Optional<Data> data) {
    this(resource, conditions, data, Optional.empty());
  }

  static Facts of(HasMetadata resource) {
    return switch (resource) {
      case Warehouse warehouse ->
          new Facts(
              warehouse,
              Optional.ofNullable(warehouse.getStatus())
                  .map(WarehouseStatus::conditions)
                  .orElse(List.of()),
              Optional.empty());
      case Connection connection ->
          new Facts(
              connection,
              Optional.ofNullable(connection.getStatus())
                  .map(ConnectionStatus::conditions)
                  .orElse(List.of()),
              Optional.empty());
      case WorkloadTemplate template ->
          new Facts(
              template,
              Optional.ofNullable(template.getStatus())
                  .map(WorkloadTemplateStatus::conditions)
                  .orElse(List.of()),
              Optional.empty());
      case Backfill backfill ->
          new Facts(
              backfill,
              Optional.ofNullable(backfill.getStatus())
                  .map(BackfillStatus::conditions)
                  .orElse(List.of()),
              Optional.empty());
      case ModelService service ->
          new Facts(
              service,
              Optional.ofNullable(service.getStatus())
                  .map(ModelServiceStatus::conditions)
                  .orElse(List.of()),
              Optional.empty(),
              Optional.ofNullable(service.getStatus()).map(ModelServiceStatus::rollout));
      case IngestionJob job -> {
        var status = Optional.ofNullable(job.getStatus());
        yield new Facts(
            job,
            status.map(IngestionJobStatus::conditions).orElse(List.of()),
            Optional.of(
                new Data(
                    status.map(IngestionJobStatus::dataThrough),
                    status.map(IngestionJobStatus::lastSuccess),
                    status
                        .map(IngestionJobStatus::lastRun)
                        .filter(it -> it.result() == RunOutcome.RUNNING)
                        .isPresent(),
                    status.map(IngestionJobStatus::lastRun).map(Run::bytes),
                    Map.of())));
      }
      case DataMart mart -> {
        var status = Optional.ofNullable(mart.getStatus());
        yield new Facts(
            mart,
            status.map(DataMartStatus::conditions).orElse(List.of()),
            Optional.of(
                new Data(
                    status.map(DataMartStatus::dataThrough),
                    status.map(DataMartStatus::lastSuccess).map(Facts::run),
                    status
                        .map(DataMartStatus::lastRun)
                        .filter(it -> it.result() == RunOutcome.RUNNING)
                        .isPresent(),
                    status.map(DataMartStatus::lastRun).map(MartRun::bytes),
                    status.map(DataMartStatus::tables).orElse(List.of()).stream()
                        .filter(it -> it.bytes() != null)
                        .collect(
                            Collectors.toMap(MartTableStatus::name, MartTableStatus::bytes)))));
      }
      default ->
          throw new IllegalArgumentException(
              "metrics know nothing of the kind " + resource.getKind() + ": tell them here");
    };
  }

  private static Run run(MartRun run) {
    return new Run(
        run.id(),
        run.scheduledTime(),
        run.startTime(),
        run.completionTime(),
        run.result(),
        null,
        run.rows(),
        run.bytes(),
        null,
        run.message());
  }

  /** Whether resources of a kind have runs and carry data. */
  static boolean carriesData(String kind) {
    return kind.equals(HasMetadata.getKind(IngestionJob.class))
        || kind.equals(HasMetadata.getKind(DataMart.class));
  }

  String kind() {
    return resource.getKind();
  }
}
