package dev.naru.bigquery.mart;

import dev.naru.bigquery.Owner;
import dev.naru.bigquery.TableId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A table of a mart as declared, but for its SQL.
 *
 * @param path where it is declared, for messages, e.g. {@code spec.tables[2]}
 * @param expirationDays after how many days of no publish the table expires
 * @param columns what is said of columns; the SQL decides which there are
 * @param breakingChanges whether columns may vanish or change their type, and the table's storage
 *     may be built anew
 * @param adopt whether an existing table that is not the owner's may be taken over
 */
public record MartTable(
    String path,
    TableId id,
    Owner owner,
    Optional<String> description,
    Map<String, String> labels,
    Materialization materialization,
    List<String> clusterBy,
    Optional<Integer> expirationDays,
    boolean requirePartitionFilter,
    List<ColumnSpec> columns,
    List<RowPolicy> rowPolicies,
    boolean breakingChanges,
    boolean adopt) {

  public MartTable {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    clusterBy = List.copyOf(clusterBy);
    columns = List.copyOf(columns);
    rowPolicies = List.copyOf(rowPolicies);
  }

  /**
   * What is declared of a column.
   *
   * @param name of a field of a STRUCT with those above it, e.g. {@code address.city}
   * @param policyTag full resource name of a policy tag
   */
  public record ColumnSpec(String name, Optional<String> description, Optional<String> policyTag) {}

  /**
   * Who sees which rows.
   *
   * @param members e.g. {@code group:analysts@example.com}
   * @param filter a boolean GoogleSQL expression over the table's columns
   */
  public record RowPolicy(String name, List<String> members, String filter) {
    public RowPolicy {
      members = List.copyOf(members);
    }
  }
}
