package dev.naru.operator.mart;

import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.MartWarehouse.Change;
import dev.naru.crds.v1alpha1.MaterializationType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/**
 * How columns and storage of a table would change, for people, and who uses what goes.
 *
 * @param losses columns that vanish or change their type
 * @param readers of the table, where it is stored anew
 */
record TableChange(RunPlan.Table table, Change change, List<Loss> losses, ColumnUse.Users readers) {

  private static final int FEW = 5;
  private static final int MANY = 20;

  /**
   * A column that is not what it was.
   *
   * @param vanishes otherwise it changes its type
   * @param words the column, or how its type changes
   */
  record Loss(String column, boolean vanishes, String words, ColumnUse.Users users) {}

  TableChange {
    losses = List.copyOf(losses);
  }

  /**
   * Asks who uses what.
   *
   * @param is the columns that the table has
   */
  static TableChange of(
      RunPlan.Table table, Change change, List<MartWarehouse.Column> is, ColumnUse use) {
    var name = MartSql.name(table.table().target().id());
    var losses = new ArrayList<Loss>();
    change.removed().forEach(it -> losses.add(new Loss(it, true, it, use.of(name, it))));
    for (var words : change.retyped()) {
      var column =
          is.stream()
              .map(MartWarehouse.Column::name)
              .filter(it -> words.startsWith(it + " "))
              .max((one, other) -> one.length() - other.length())
              .orElse(words);
      losses.add(new Loss(column, false, words, use.of(name, column)));
    }
    return new TableChange(
        table,
        change,
        losses,
        change.storage().isEmpty() ? new ColumnUse.Users(List.of(), List.of()) : use.of(name));
  }

  /** One line for each change. */
  List<String> lines(int columns) {
    var name = table.name();
    var lines = new ArrayList<String>();
    if (change.creates()) {
      lines.add("table %s is created with %d columns".formatted(name, columns));
    }
    change.added().forEach(it -> lines.add("table %s gets column %s".formatted(name, it)));
    for (var loss : losses) {
      lines.add(
          (loss.vanishes() ? "table %s loses column %s" : "table %s: column %s")
                  .formatted(name, loss.words())
              + used(loss.users()));
    }
    change
        .storage()
        .forEach(it -> lines.add("table %s is built anew: %s%s".formatted(name, it, rows(it))));
    return lines;
  }

  private static String used(ColumnUse.Users users) {
    return (users.certain().isEmpty() ? "" : "; used by " + few(users.certain(), FEW))
        + (users.perhaps().isEmpty() ? "" : "; perhaps used by " + few(users.perhaps(), FEW));
  }

  /** Of a table whose rows are not all built by each run: they move into the new storage. */
  private String rows(String storage) {
    var type = MartWindows.type(table.table().declared());
    var kept = type == MaterializationType.PARTITIONS || type == MaterializationType.MERGE;
    return kept && storage.startsWith("partitioning") ? "; its rows are taken along" : "";
  }

  /** Why it needs a person's word. */
  String refusal() {
    var path = table.table().target().path();
    var what = new ArrayList<String>();
    losses.forEach(it -> what.add("column " + it.words() + (it.vanishes() ? " would vanish" : "")));
    what.addAll(change.storage());
    return "%s: %s of table %s. Who reads it may break%s. Keep the column in the SQL (with a CAST for its type), or write breakingChanges: Allow into %s"
        .formatted(path, String.join(", ", what), table.name(), whoReads(), path);
  }

  private String whoReads() {
    var certain = new LinkedHashMap<String, List<String>>();
    var perhaps = new LinkedHashSet<String>();
    for (var loss : losses) {
      loss.users()
          .certain()
          .forEach(it -> certain.computeIfAbsent(it, _ -> new ArrayList<>()).add(loss.column()));
      perhaps.addAll(loss.users().perhaps());
    }
    readers.certain().forEach(it -> certain.putIfAbsent(it, List.of()));
    readers.perhaps().forEach(it -> certain.putIfAbsent(it, List.of()));
    perhaps.removeAll(certain.keySet());
    var words = new ArrayList<String>();
    if (!certain.isEmpty()) {
      words.add(few(certain.entrySet().stream().map(TableChange::by).toList(), MANY));
    }
    if (!perhaps.isEmpty()) {
      words.add("perhaps " + few(List.copyOf(perhaps), MANY));
    }
    return words.isEmpty() ? "" : ": " + String.join("; ", words);
  }

  private static String by(Map.Entry<String, List<String>> reader) {
    return reader.getValue().isEmpty()
        ? reader.getKey()
        : "%s (%s)".formatted(reader.getKey(), String.join(", ", reader.getValue()));
  }

  private static String few(List<String> names, int most) {
    return names.size() <= most
        ? String.join(", ", names)
        : "%s and %d more"
            .formatted(String.join(", ", names.subList(0, most)), names.size() - most);
  }
}
