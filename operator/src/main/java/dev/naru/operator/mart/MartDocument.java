package dev.naru.operator.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.DatasetSpec;
import dev.naru.bigquery.mart.MartTable;
import dev.naru.bigquery.mart.Materialization;
import dev.naru.crds.v1alpha1.BreakingChanges;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.Granularity;
import dev.naru.crds.v1alpha1.MartDataset;
import dev.naru.crds.v1alpha1.PartitionBy;
import dev.naru.runfile.RunFile.Partitioning;
import java.time.Duration;
import java.util.Optional;

/** Writes what a DataMart declares as the warehouse takes it. Pure. */
final class MartDocument {

  private MartDocument() {}

  static DatasetSpec dataset(MartDataset declared, Owner owner) {
    return new DatasetSpec(
        declared.name(),
        owner,
        Optional.ofNullable(declared.description()),
        declared.labels(),
        Optional.ofNullable(declared.defaultExpirationDays()),
        declared.access().stream()
            .map(it -> new DatasetSpec.Access(it.role(), it.member()))
            .toList(),
        Boolean.TRUE.equals(declared.adopt()));
  }

  static MartTable table(String path, DataMartTable declared, TableId id, Owner owner) {
    return new MartTable(
        path,
        id,
        owner,
        Optional.ofNullable(declared.description()),
        declared.labels(),
        materialization(declared),
        declared.clusterBy(),
        Optional.ofNullable(declared.expirationDays()),
        Boolean.TRUE.equals(declared.requirePartitionFilter()),
        declared.columns().stream()
            .map(
                it ->
                    new MartTable.ColumnSpec(
                        it.name(),
                        Optional.ofNullable(it.description()),
                        Optional.ofNullable(it.policyTag())))
            .toList(),
        declared.rowAccess().stream()
            .map(it -> new MartTable.RowPolicy(it.name(), it.members(), it.filter()))
            .toList(),
        declared.breakingChanges() == BreakingChanges.ALLOW,
        Boolean.TRUE.equals(declared.adopt()));
  }

  /** How a table is partitioned, whatever its type. */
  static Optional<PartitionBy> partitionBy(DataMartTable declared) {
    var how = Optional.ofNullable(declared.materialization());
    return switch (MartWindows.type(declared)) {
      case TABLE -> how.map(it -> it.table()).map(it -> it.partitionBy());
      case PARTITIONS -> how.map(it -> it.partitions()).map(it -> it.partitionBy());
      case MERGE -> how.map(it -> it.merge()).map(it -> it.partitionBy());
      case VIEW, MATERIALIZED_VIEW, UNKNOWN -> Optional.empty();
    };
  }

  private static Materialization materialization(DataMartTable declared) {
    var partitioning = partitionBy(declared).map(MartDocument::partitioning);
    return switch (MartWindows.type(declared)) {
      case TABLE -> new Materialization.Full(partitioning);
      case PARTITIONS -> new Materialization.Partitions(partitioning.orElseThrow());
      case MERGE -> {
        var merge = declared.materialization().merge();
        yield new Materialization.Merge(
            merge.key(),
            merge.orderBy(),
            partitioning,
            Boolean.TRUE.equals(merge.fixedPartition()));
      }
      case VIEW -> new Materialization.View();
      case MATERIALIZED_VIEW -> {
        var settings = Optional.ofNullable(declared.materialization().materializedView());
        yield new Materialization.MaterializedView(
            settings.map(it -> it.refreshInterval()).map(MartDocument::duration),
            settings.map(it -> it.maxStaleness()).map(MartDocument::duration));
      }
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }

  private static Duration duration(String text) {
    return Durations.parse(text);
  }

  private static Partitioning partitioning(PartitionBy declared) {
    return new Partitioning(
        declared.column(),
        granularity(declared.granularity()),
        Optional.ofNullable(declared.expirationDays()));
  }

  private static dev.naru.runfile.RunFile.Granularity granularity(Granularity declared) {
    return switch (declared) {
      case HOUR -> dev.naru.runfile.RunFile.Granularity.HOUR;
      case DAY -> dev.naru.runfile.RunFile.Granularity.DAY;
      case MONTH -> dev.naru.runfile.RunFile.Granularity.MONTH;
      case YEAR -> dev.naru.runfile.RunFile.Granularity.YEAR;
      case UNKNOWN -> throw new IllegalStateException("refused before");
    };
  }
}
