package dev.naru.operator.mart;

import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.TableState;
import dev.naru.operator.status.Texts;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The rows of {@code status.tables}, one per table. Pure. */
final class MartRows {

  private static final int MAX_ORPHANS = 100;
  private static final int MAX_CELL = 160;

  /** Of a row, in bytes of JSON: a hundred of them must not make status a burden. */
  private static final int MAX_ROW = 300;

  /**
   * What a row takes besides name and message: its keys, two moments, two large numbers, what it
   * was built from.
   */
  private static final int FRAME = 212;

  private MartRows() {}

  /**
   * One row for each declared table, in the order of declaration, from what is stored; what is
   * declared no more and was published becomes an orphan.
   */
  static void align(MartStep step) {
    var before = new LinkedHashMap<String, MartTableStatus>();
    step.tables.forEach(it -> before.put(it.name(), it));
    var declared = step.mart.getSpec().tables().stream().map(DataMartTable::name).toList();
    step.tables =
        declared.stream()
            .map(
                name ->
                    before.getOrDefault(
                        name,
                        new MartTableStatus(
                            name, TableState.WAITING, null, null, null, null, null, null, null)))
            .toList();
    var orphans = new TreeSet<>(step.orphans);
    before.values().stream()
        .filter(it -> it.publishedAt() != null)
        .forEach(it -> orphans.add(it.name()));
    declared.forEach(orphans::remove);
    step.orphans = orphans.stream().limit(MAX_ORPHANS).toList();
  }

  /**
   * Shows how a run stands. What decides the windows of the run (rows and completeness) stays as it
   * was before it, so that a restarted operator computes the same run again.
   */
  static void progress(MartStep step, RunProgress progress) {
    var now = progress.tables();
    step.tables =
        step.tables.stream()
            .map(
                it -> {
                  var table = now.get(it.name());
                  return table == null
                      ? it
                      : new MartTableStatus(
                          it.name(),
                          table.state(),
                          it.rows(),
                          it.windowHours(),
                          table.bytes() == 0 ? null : table.bytes(),
                          it.dataThrough(),
                          it.publishedAt(),
                          it.builtFrom(),
                          cell(it.name(), table.message()));
                })
            .toList();
  }

  /** What each table has after a run. */
  static void end(MartStep step, MartRun run, RunReport report) {
    step.tables =
        step.tables.stream()
            .map(
                it -> {
                  var table = report.tables().get(it.name());
                  if (table == null) {
                    return it;
                  }
                  var published = table.state() == TableState.PUBLISHED;
                  // a second run of a day has nothing to add to a Merge: the first counts
                  var counted =
                      published && table.windowHours().filter(hours -> hours == 0).isEmpty();
                  return new MartTableStatus(
                      it.name(),
                      // a table that was ready but not published keeps what it had
                      table.state() == TableState.FAILED || table.state() == TableState.SKIPPED
                          ? table.state()
                          : published || it.publishedAt() != null
                              ? TableState.PUBLISHED
                              : TableState.WAITING,
                      counted ? Long.valueOf(table.rows()) : it.rows(),
                      counted ? table.windowHours().orElse(null) : it.windowHours(),
                      table.bytes(),
                      published ? later(it.dataThrough(), run.dataThrough()) : it.dataThrough(),
                      published ? step.conditions.now() : it.publishedAt(),
                      published ? table.builtFrom() : it.builtFrom(),
                      cell(it.name(), table.message()));
                })
            .toList();
  }

  /** Tables whose windows depend on their last publish, and of which no publish is known. */
  static Set<String> unpublished(MartStep step) {
    var known =
        step.tables.stream()
            .filter(it -> it.dataThrough() != null)
            .map(MartTableStatus::name)
            .collect(Collectors.toSet());
    return step.mart.getSpec().tables().stream()
        .filter(
            it ->
                switch (MartWindows.type(it)) {
                  case PARTITIONS, MERGE -> !known.contains(it.name());
                  case TABLE, VIEW, MATERIALIZED_VIEW, UNKNOWN -> false;
                })
        .map(DataMartTable::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * What the ledger knows of a mart that was deleted and applied again: its tables go on where they
   * stand, instead of building all their history.
   */
  static void remember(MartStep step, Map<String, MartWarehouse.Past> past) {
    step.tables =
        step.tables.stream()
            .map(
                it -> {
                  var last = past.get(it.name());
                  return last == null || it.dataThrough() != null
                      ? it
                      : new MartTableStatus(
                          it.name(),
                          TableState.PUBLISHED,
                          it.rows(),
                          it.windowHours(),
                          it.bytes(),
                          last.through(),
                          last.publishedAt().truncatedTo(ChronoUnit.SECONDS),
                          it.builtFrom(),
                          it.message());
                })
            .toList();
  }

  private static Instant later(Instant one, Instant other) {
    return one != null && one.isAfter(other) ? one : other;
  }

  /** A message, cut so that its row fits; a long name leaves less. */
  private static String cell(String table, String message) {
    if (message == null || message.isEmpty()) {
      return null;
    }
    var room = MAX_ROW - FRAME - table.length();
    var most = Math.min(message.length(), MAX_CELL);
    while (most > 1 && size(Texts.cut(message, most)) > room) {
      most--;
    }
    return most > 1 ? Texts.cut(message, most) : null;
  }

  private static int size(String text) {
    var json = text.replace("\\", "xx").replace("\"", "xx").replaceAll("\\p{Cntrl}", "xxxxxx");
    return json.getBytes(StandardCharsets.UTF_8).length;
  }
}
