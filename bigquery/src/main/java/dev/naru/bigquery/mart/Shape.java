package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.Table;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Kind, columns and partitioning of a target against what is to be published into it. Pure. */
final class Shape {

  private Shape() {}

  /** The kind of a materialization, in the API's words. */
  static String kind(Materialization materialization) {
    return switch (materialization) {
      case Materialization.Full _, Materialization.Partitions _, Materialization.Merge _ -> "TABLE";
      case Materialization.View _ -> "VIEW";
      case Materialization.MaterializedView _ -> "MATERIALIZED_VIEW";
    };
  }

  /** The kind of what exists. */
  static String kind(Table table) {
    return table.getType() == null ? "TABLE" : table.getType();
  }

  /** How an existing target would change; of one that is missing, that it is created. */
  static MartWarehouse.Change change(
      MartTable declared, Optional<Table> existing, List<MartWarehouse.Column> wanted) {
    if (existing.isEmpty()) {
      return new MartWarehouse.Change(true, List.of(), List.of(), List.of(), List.of());
    }
    var has = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    ColumnTypes.columns(existing.get().getSchema())
        .forEach(column -> has.put(column.name(), column.type()));
    var added = new ArrayList<String>();
    var retyped = new ArrayList<String>();
    for (var column : wanted) {
      var type = has.remove(column.name());
      if (type == null) {
        added.add(column.name());
      } else if (!ColumnTypes.same(type, column.type())) {
        retyped.add("%s %s becomes %s".formatted(column.name(), type, column.type()));
      }
    }
    return new MartWarehouse.Change(
        false, added, List.copyOf(has.keySet()), retyped, storage(declared, existing.get()));
  }

  private static List<String> storage(MartTable declared, Table existing) {
    var is = kind(existing);
    var wanted = kind(declared.materialization());
    if (!is.equals(wanted)) {
      return List.of("%s becomes %s".formatted(word(is), word(wanted)));
    }
    if (!wanted.equals("TABLE")) {
      return List.of();
    }
    var from = Partitioned.text(existing);
    var to = Partitioned.text(Partitioned.by(declared.materialization()));
    return from.equals(to) ? List.of() : List.of("partitioning %s becomes %s".formatted(from, to));
  }

  /** A kind for people, e.g. {@code materialized view}. */
  static String word(Materialization materialization) {
    return word(kind(materialization));
  }

  private static String word(String kind) {
    return kind.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /** Refuses a declared column that the SQL does not answer. */
  static void require(MartTable declared, String field, List<String> wanted, Set<String> names) {
    for (var name : wanted) {
      if (!names.contains(name)) {
        throw new ActionNeededFailure(
            WarehouseReason.INVALID_QUERY,
            "%s: %s names the column '%s', which the SQL does not answer. It answers: %s."
                .formatted(declared.path(), field, name, String.join(", ", names)));
      }
    }
  }

  /**
   * Refuses what needs a person's word and does not have it.
   *
   * @throws ActionNeededFailure that names the columns and what to write
   */
  static void permit(MartTable declared, MartWarehouse.Change change) {
    if (declared.breakingChanges() || !change.swaps()) {
      return;
    }
    var what = new ArrayList<String>();
    if (!change.removed().isEmpty()) {
      what.add("it loses " + String.join(", ", change.removed()));
    }
    what.addAll(change.retyped());
    what.addAll(change.storage());
    throw new ActionNeededFailure(
        WarehouseReason.BREAKING_CHANGE,
        "%s: %s would change so that its readers may break, or be stored anew: %s. Nothing was changed. Write breakingChanges: Allow into %s to build the table anew and swap it, or keep what the table has in the SQL and the manifest."
            .formatted(declared.path(), declared.id(), String.join("; ", what), declared.path()));
  }
}
