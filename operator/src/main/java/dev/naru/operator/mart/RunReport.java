package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Check;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.TableState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a run ended.
 *
 * @param tables as they stood at the end, with what is wrong with each
 * @param broken checks that did not pass, those that only warn included
 * @param limited what a limit of bytes has stopped, in its words
 */
record RunReport(
    RunOutcome result,
    String reason,
    String message,
    Map<String, RunProgress.Table> tables,
    List<TableEnd.Broken> broken,
    Optional<String> limited) {

  private static final int FEW = 3;

  RunReport {
    tables = new LinkedHashMap<>(tables);
    broken = List.copyOf(broken);
  }

  /** That no limit has stopped anything of. */
  RunReport(
      RunOutcome result,
      String reason,
      String message,
      Map<String, RunProgress.Table> tables,
      List<TableEnd.Broken> broken) {
    this(result, reason, message, tables, broken, Optional.empty());
  }

  long rows() {
    return published().mapToLong(RunProgress.Table::rows).sum();
  }

  long bytes() {
    return tables.values().stream().mapToLong(RunProgress.Table::bytes).sum();
  }

  private java.util.stream.Stream<RunProgress.Table> published() {
    return tables.values().stream().filter(it -> it.state() == TableState.PUBLISHED);
  }

  long publishedTables() {
    return published().count();
  }

  /** The first few checks that did not pass, with the query that shows the rows. */
  static String describe(List<TableEnd.Broken> broken) {
    var lines = new ArrayList<String>();
    for (var it : broken.subList(0, Math.min(FEW, broken.size()))) {
      lines.add(
          switch (it.result()) {
            case Check.Result.Failed failed ->
                "check %s of %s: %s; see them with: %s"
                    .formatted(failed.name(), it.table(), failed.found(), oneLine(failed.query()));
            case Check.Result.Broken it2 ->
                "check %s of %s could not be made: %s".formatted(it2.name(), it.table(), it2.why());
            case Check.Result.Passed passed ->
                throw new IllegalStateException(passed.name() + " passed");
          });
    }
    var more = broken.size() - lines.size();
    return String.join(". ", lines) + (more > 0 ? ". %d checks more".formatted(more) : "");
  }

  private static String oneLine(String sql) {
    return sql.replaceAll("\\s+", " ").strip();
  }
}
