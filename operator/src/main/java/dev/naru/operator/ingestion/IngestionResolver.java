package dev.naru.operator.ingestion;

import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.ConnectionType;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobSpec;
import dev.naru.crds.v1alpha1.LoadMode;
import dev.naru.crds.v1alpha1.NameRef;
import dev.naru.crds.v1alpha1.NewColumns;
import dev.naru.crds.v1alpha1.SchemaPolicy;
import dev.naru.crds.v1alpha1.SourceType;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.connection.SourceDocument;
import dev.naru.operator.ingestion.Resolution.Resolved;
import dev.naru.operator.ingestion.Resolution.Unresolved;
import dev.naru.operator.pod.SourceFiles;
import dev.naru.operator.schedule.Cron;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Reason;
import dev.naru.operator.template.Asked;
import dev.naru.operator.template.Templates;
import dev.naru.operator.template.Traced;
import dev.naru.operator.template.Workload;
import dev.naru.operator.template.WorkloadResolver;
import dev.naru.operator.warehouse.WarehouseDocument;
import dev.naru.runfile.RunFile;
import java.util.List;
import java.util.Optional;

/** Resolves references, checks what CEL cannot, writes the run file. Pure. */
final class IngestionResolver {

  private IngestionResolver() {}

  static Resolution resolve(
      IngestionJob job,
      Optional<Connection> connection,
      Optional<Warehouse> warehouse,
      Templates templates) {
    var spec = job.getSpec();
    var problem = problem(spec);
    if (problem.isPresent()) {
      return new Unresolved(problem.get());
    }
    if (connection.isEmpty()) {
      return missing(
          job, "Connection", spec.source().connectionRef().name(), "spec.source.connectionRef");
    }
    if (warehouse.isEmpty()) {
      return missing(
          job,
          "Warehouse",
          spec.destination().warehouseRef().name(),
          "spec.destination.warehouseRef");
    }
    return mismatch(spec, connection.get())
        .or(() -> misplaced(spec, warehouse.get()))
        .<Resolution>map(Unresolved::new)
        .orElseGet(
            () ->
                switch (WorkloadResolver.resolve(templates, asked(job))) {
                  case Workload.Unresolved unresolved -> new Unresolved(unresolved.outcome());
                  case Workload.Effective workload ->
                      resolved(job, connection.get(), warehouse.get(), workload);
                });
  }

  private static Asked asked(IngestionJob job) {
    var spec = job.getSpec();
    return new Asked(
        job.getMetadata().getNamespace(),
        "spec.pod",
        Optional.ofNullable(spec.templateRef()).map(NameRef::name),
        Optional.ofNullable(spec.pod()),
        // the worker's image is the chart's
        List.of());
  }

  /** How long a run may take; Naru's own default where neither it nor a template says so. */
  private static String timeout(IngestionJobSpec spec, Workload.Effective workload) {
    return spec.timeout() == null
        ? workload.timeout().map(Traced::value).orElse(Defaults.TIMEOUT)
        : spec.timeout();
  }

  private static Resolution resolved(
      IngestionJob job, Connection connection, Warehouse warehouse, Workload.Effective workload) {
    var source = SourceDocument.of(connection);
    var server = SourceDocument.server(connection);
    if (source.isEmpty() || server.isEmpty()) {
      return new Unresolved(
          unsupported(
              "spec.source.connectionRef: Connection %s has a type that this version does not know"
                  .formatted(connection.getMetadata().getName())));
    }
    var spec = job.getSpec();
    return new Resolved(
        new RunFile(
            RunFile.API_VERSION,
            new RunFile.JobRef(
                job.getMetadata().getNamespace(),
                job.getMetadata().getName(),
                job.getMetadata().getUid()),
            source.get(),
            table(spec),
            destination(spec),
            WarehouseDocument.of(warehouse),
            spec.primaryKey(),
            load(spec),
            new RunFile.SchemaPolicy(newColumns(newColumns(spec))),
            spec.parallelism() == null ? Defaults.PARALLELISM : spec.parallelism(),
            Durations.parse(timeout(spec, workload))),
        SourceFiles.of(server.get()),
        workload);
  }

  private static Optional<Outcome> problem(IngestionJobSpec spec) {
    if (spec.source().type() == SourceType.UNKNOWN || spec.source().table() == null) {
      return Optional.of(Outcome.Fail.unknownValue("spec.source.type", "Table"));
    }
    if (spec.load().mode() == LoadMode.UNKNOWN) {
      return Optional.of(Outcome.Fail.unknownValue("spec.load.mode", "Full or Incremental"));
    }
    if (newColumns(spec) == NewColumns.UNKNOWN) {
      return Optional.of(
          Outcome.Fail.unknownValue("spec.schemaPolicy.newColumns", "Add, Report or Fail"));
    }
    var partition = spec.destination().partitionBy();
    if (partition != null && partition.granularity() == Granularity.UNKNOWN) {
      return Optional.of(
          Outcome.Fail.unknownValue(
              "spec.destination.partitionBy.granularity", "Hour, Day, Month or Year"));
    }
    return scheduleProblem(spec);
  }

  private static Optional<Outcome> scheduleProblem(IngestionJobSpec spec) {
    if (spec.schedule() == null) {
      return Optional.empty();
    }
    try {
      Cron.parse(spec.schedule().cron(), Defaults.timeZone(spec.schedule()));
      return Optional.empty();
    } catch (Cron.InvalidSchedule e) {
      return Optional.of(
          new Outcome.Fail(
              Reason.INVALID_SPEC, "spec.schedule." + e.field() + ": " + e.getMessage()));
    }
  }

  private static Optional<Outcome> mismatch(IngestionJobSpec spec, Connection connection) {
    var name = connection.getMetadata().getName();
    if (connection.getSpec().type() == ConnectionType.MYSQL
        && spec.load().mode() == LoadMode.INCREMENTAL) {
      return Optional.of(
          unsupported(
              "spec.load.mode: Incremental is not supported for MySQL and MariaDB yet"
                  + " (spec.source.connectionRef %s): write mode: Full and remove".formatted(name)
                  + " spec.load.incremental"));
    }
    var allow = connection.getSpec().allow();
    var schema = spec.source().table().schema();
    if (allow != null && !allow.schemas().isEmpty() && !allow.schemas().contains(schema)) {
      return Optional.of(
          new Outcome.Fail(
              Reason.INVALID_SPEC,
              "spec.source.table.schema: '%s' may not be read: spec.allow.schemas of Connection %s"
                      .formatted(schema, name)
                  + " allows %s; choose one of them or have it added there"
                      .formatted(String.join(", ", allow.schemas()))));
    }
    return Optional.empty();
  }

  /** What a run publishes, or anybody drops, would be Naru's own memory. */
  private static Optional<Outcome> misplaced(IngestionJobSpec spec, Warehouse warehouse) {
    var dataset = spec.destination().dataset();
    return dataset.equals(WarehouseDocument.of(warehouse).opsDataset())
        ? Optional.of(
            new Outcome.Fail(
                Reason.INVALID_SPEC,
                "spec.destination.dataset: '%s' is where Naru keeps its ledger and staging tables (spec.bigQuery.opsDataset of Warehouse %s): choose another dataset"
                    .formatted(dataset, warehouse.getMetadata().getName())))
        : Optional.empty();
  }

  private static Resolution missing(IngestionJob job, String kind, String name, String path) {
    return new Unresolved(
        Outcome.Wait.onMissing(
            "%s: %s %s does not exist in namespace %s: create it or correct the name"
                .formatted(path, kind, name, job.getMetadata().getNamespace())));
  }

  private static Outcome unsupported(String message) {
    return new Outcome.Fail(Reason.UNSUPPORTED_SPEC, message);
  }

  static NewColumns newColumns(IngestionJobSpec spec) {
    return Optional.ofNullable(spec.schemaPolicy())
        .map(SchemaPolicy::newColumns)
        .orElseGet(() -> Defaults.newColumns(spec.source().columns() != null));
  }

  private static RunFile.SourceTable table(IngestionJobSpec spec) {
    var source = spec.source();
    var columns = Optional.ofNullable(source.columns());
    return new RunFile.SourceTable(
        source.table().schema(),
        source.table().name(),
        columns.map(it -> it.include()).orElse(null),
        columns.map(it -> it.exclude()).orElse(null),
        Optional.ofNullable(source.filter()));
  }

  private static RunFile.Destination destination(IngestionJobSpec spec) {
    var declared = spec.destination();
    return new RunFile.Destination(
        declared.dataset(),
        declared.table(),
        Optional.ofNullable(declared.partitionBy())
            .map(
                it ->
                    new RunFile.Partitioning(
                        it.column(),
                        granularity(it.granularity()),
                        Optional.ofNullable(it.expirationDays()))),
        declared.clusterBy(),
        Boolean.TRUE.equals(declared.adopt()));
  }

  private static RunFile.Load load(IngestionJobSpec spec) {
    var incremental = Optional.ofNullable(spec.load().incremental());
    return switch (spec.load().mode()) {
      case FULL -> new RunFile.Load(RunFile.Mode.FULL, Optional.empty());
      case INCREMENTAL ->
          new RunFile.Load(
              RunFile.Mode.INCREMENTAL,
              incremental.map(
                  it ->
                      new RunFile.Cursor(
                          it.cursor().column(),
                          Durations.parse(
                              it.cursor().lookback() == null
                                  ? Defaults.LOOKBACK
                                  : it.cursor().lookback()))));
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static RunFile.Granularity granularity(Granularity declared) {
    return switch (declared) {
      case HOUR -> RunFile.Granularity.HOUR;
      case DAY -> RunFile.Granularity.DAY;
      case MONTH -> RunFile.Granularity.MONTH;
      case YEAR -> RunFile.Granularity.YEAR;
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static RunFile.NewColumns newColumns(NewColumns declared) {
    return switch (declared) {
      case ADD -> RunFile.NewColumns.ADD;
      case REPORT -> RunFile.NewColumns.REPORT;
      case FAIL -> RunFile.NewColumns.FAIL;
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }
}
