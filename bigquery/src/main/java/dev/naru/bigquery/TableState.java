package dev.naru.bigquery;

import com.google.api.services.bigquery.model.Table;
import com.google.api.services.bigquery.model.TableFieldSchema;
import com.google.api.services.bigquery.model.TableSchema;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A table as it was when we looked.
 *
 * @param created tells a table from an earlier one of the same name
 */
public record TableState(
    TableId id,
    List<TableFieldSchema> fields,
    Map<String, String> labels,
    Optional<Instant> created,
    Optional<String> etag,
    long bytes) {

  static TableState of(TableId id, Table table) {
    var schema = Optional.ofNullable(table.getSchema()).map(TableSchema::getFields);
    return new TableState(
        id,
        schema.orElse(List.of()),
        Optional.ofNullable(table.getLabels()).orElse(Map.of()),
        Optional.ofNullable(table.getCreationTime()).map(Instant::ofEpochMilli),
        Optional.ofNullable(table.getEtag()),
        Optional.ofNullable(table.getNumBytes()).orElse(0L));
  }

  /** Columns by name; empty for a type that Naru never makes. */
  public Map<String, Optional<Column>> columns() {
    var columns = new TreeMap<String, Optional<Column>>();
    fields.forEach(field -> columns.put(field.getName(), Schemas.column(field)));
    return columns;
  }

  /** The complete schema a patch must carry: every field as it is, then the new ones. */
  TableSchema schemaWith(List<Column> add, List<String> relax) {
    var relaxed =
        relax.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
    var all = new ArrayList<TableFieldSchema>();
    for (var field : fields) {
      var isRelaxed = relaxed.contains(field.getName().toLowerCase(Locale.ROOT));
      all.add(isRelaxed ? field.clone().setMode("NULLABLE") : field);
    }
    add.forEach(column -> all.add(Schemas.field(column)));
    return new TableSchema().setFields(all);
  }

  /**
   * Checks that a resource may write here.
   *
   * @return whether the table has to be labelled as its own first
   * @throws ActionNeededFailure when it belongs to nobody or somebody else and is not adopted
   */
  public boolean needsAdoption(Owner owner, boolean adopt) {
    if (owner.owns(labels)) {
      return false;
    }
    if (adopt) {
      return true;
    }
    var whose =
        Owner.named(labels).map(other -> "belongs to " + other).orElse("was not made by Naru");
    throw new ActionNeededFailure(
        WarehouseReason.TARGET_NOT_OWNED,
        "Table %s exists and %s; its rows would be replaced. Set spec.destination.adopt: true to take it over for %s, or choose another spec.destination.table."
            .formatted(id, whose, owner));
  }
}
