package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.JobConfiguration;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Query;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * All checks of one candidate: one statement for those that Naru writes, one for each query of the
 * author's. What cannot be asked is broken by itself and keeps no other from being asked.
 */
final class Checking {

  private final Query query;
  private final MartJobs jobs;
  private final MartRun run;
  private final MartTable table;
  private final TableId candidate;
  private final Map<String, Check.Result> results = new HashMap<>();
  private final Allowance allowance;
  private long billed;

  Checking(
      Query query,
      MartJobs jobs,
      MartRun run,
      MartTable table,
      TableId candidate,
      Allowance allowance) {
    this.query = query;
    this.jobs = jobs;
    this.run = run;
    this.table = table;
    this.candidate = candidate;
    this.allowance = allowance;
  }

  MartWarehouse.Checked check(List<Check> checks, List<MartWarehouse.Column> columns) {
    var types = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> types.put(column.name(), column.type()));
    var askable = checks.stream().filter(check -> hasColumns(check, types)).toList();
    var ours =
        askable.stream()
            .filter(check -> !(check instanceof Check.Query))
            .map(check -> CheckSql.of(check, candidate, types))
            .toList();
    fused(ours);
    askable.forEach(this::newest);
    for (var check : askable) {
      if (check instanceof Check.Query) {
        alone(CheckSql.of(check, candidate, types));
      }
    }
    return new MartWarehouse.Checked(
        checks.stream().map(check -> results.get(check.name())).toList(), billed);
  }

  /** Keys that occur more than once are looked at again: rows that are equal do no harm. */
  private void newest(Check check) {
    if (check instanceof Check.OneNewest ask
        && results.get(check.name()) instanceof Check.Result.Failed) {
      alone(CheckSql.differing(ask, candidate));
    }
  }

  private boolean hasColumns(Check check, Map<String, String> types) {
    var missing =
        CheckSql.columns(check).stream().filter(name -> !types.containsKey(name)).toList();
    if (missing.isEmpty()) {
      return true;
    }
    broken(
        check,
        "%s has no column %s; it has %s"
            .formatted(table.id(), String.join(", ", missing), String.join(", ", types.keySet())));
    return false;
  }

  private void fused(List<CheckSql> checks) {
    if (checks.isEmpty()) {
      return;
    }
    try {
      judge("check", checks);
    } catch (ActionNeededFailure e) {
      if (checks.size() == 1) {
        broken(checks.getFirst().check(), e.getMessage());
        return;
      }
      fused(soundOnes(checks, e));
    }
  }

  /**
   * Those that BigQuery would run: a dry run tells, free of charge; else each has to be run alone.
   */
  private List<CheckSql> soundOnes(List<CheckSql> checks, ActionNeededFailure failure) {
    if (failure.reason() == WarehouseReason.BYTES_CAP_EXCEEDED) {
      checks.forEach(check -> broken(check.check(), failure.getMessage()));
      return List.of();
    }
    var sound = new ArrayList<CheckSql>();
    for (var check : checks) {
      try {
        query.dryRun(job(List.of(check)));
        sound.add(check);
      } catch (ActionNeededFailure e) {
        broken(check.check(), e.getMessage());
      }
    }
    if (sound.size() == checks.size()) {
      // only rows bring it out
      sound.forEach(this::alone);
      return List.of();
    }
    return sound;
  }

  private void alone(CheckSql check) {
    try {
      judge("check " + check.check().name(), List.of(check));
    } catch (ActionNeededFailure e) {
      broken(check.check(), e.getMessage());
    }
  }

  private void broken(Check check, String why) {
    results.put(check.name(), new Check.Result.Broken(check.name(), why));
  }

  private void judge(String name, List<CheckSql> checks) {
    var configuration = job(checks);
    var row = row(name, configuration);
    IntStream.range(0, checks.size())
        .forEach(
            i -> {
              var result = new Verdict(checks.get(i)).judge(row.text(i));
              results.put(result.name(), result);
            });
  }

  private Query.Row row(String name, JobConfiguration configuration) {
    var step = new MartJobs.Step(run, table, name);
    try (var share = allowance.take(Cost.of(query.dryRun(configuration)))) {
      var job = jobs.run(step, configuration, share.most());
      share.billed(MartJobs.billed(job));
      billed += MartJobs.billed(job);
      return jobs.row(step, configuration, job, share.most());
    }
  }

  private JobConfiguration job(List<CheckSql> checks) {
    var sql = CheckSql.fused(checks, candidate);
    return checks.size() == 1 && checks.getFirst().check() instanceof Check.Query ask
        ? Parameters.job(sql, ask.violations())
        : Parameters.job(sql, new Statement(sql, Map.of()));
  }
}
