package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import java.util.List;

/** What the next run would do. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record MartPlan(
    @JsonPropertyDescription("Identifies what was planned: spec, SQL and Warehouse") @Size(max = 64) String fingerprint,
    @JsonPropertyDescription("Bytes its queries would be billed for at most, by their dry runs")
        Long estimatedBytes,
    @JsonPropertyDescription("Tables in the order they are built") @Size(max = 100) List<@Size(max = 300) String> order,
    @JsonPropertyDescription("What it does to the rows of each table, in the order they are built")
        @Size(max = 100) List<MartTablePlan> tables,
    @JsonPropertyDescription(
            "What changes in BigQuery besides rows: tables and columns that come, go or change, with who uses a column that goes or changes its type")
        @Size(max = 50) List<@Size(max = 256) String> changes,
    @JsonPropertyDescription("Resources whose data the mart reads") @Size(max = 50) List<@Size(max = 256) String> reads,
    @JsonPropertyDescription(
            "Resources of the namespace that read tables of this mart: DataMarts by their SQL, ModelServices by spec.inputs")
        @Size(max = 50) List<@Size(max = 256) String> readers,
    @JsonPropertyDescription(
            "Tables that the SQL names and that no resource of the namespace fills")
        @Size(max = 50) List<@Size(max = 1100) String> external) {
  public MartPlan {
    order = Copies.of(order);
    tables = Copies.of(tables);
    changes = Copies.of(changes);
    reads = Copies.of(reads);
    readers = Copies.of(readers);
    external = Copies.of(external);
  }

  /** The same with what it does to the rows of each table. */
  public MartPlan withTables(List<MartTablePlan> rows) {
    return new MartPlan(
        fingerprint, estimatedBytes, order, rows, changes, reads, readers, external);
  }
}
