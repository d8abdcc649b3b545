package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.Parameter;
import dev.naru.bigquery.mart.Window;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.PublishPolicy;
import dev.naru.runfile.Hashes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * An interval of some tables of a mart to be built again. Pure.
 *
 * @param tables of type Partitions
 * @param from begin of its data
 * @param to end of its data, exclusive
 * @param backfill in words for those who wait for it
 * @param label names Backfill and interval, on jobs and in the ledger
 * @param attempt what one go at the interval is known by: the same whoever works on it
 * @param started when the go was decided, from status
 */
public record IntervalOrder(
    MartHistory history,
    List<String> tables,
    Instant from,
    Instant to,
    String backfill,
    String label,
    String attempt,
    Instant started) {

  public IntervalOrder {
    tables = List.copyOf(tables);
  }

  /**
   * The run that builds it. It has the same jobs for everybody who plans it within a day, unless
   * the mart changed or published meanwhile: what was staged before is too old then.
   */
  RunPlan plan(Instant now) {
    var mart = history.resolved().only(new HashSet<>(tables));
    var spec = history.spec();
    var key =
        Hashes.sha256Hex(
                mart.owner().toString(),
                attempt,
                from.toString(),
                to.toString(),
                mart.fingerprint(),
                history.published(tables))
            .substring(0, 32);
    var timeout = Durations.parse(RunPlan.or(spec.timeout(), Defaults.TIMEOUT));
    var keep = Durations.parse(RunPlan.or(spec.keepFailed(), Defaults.KEEP_FAILED));
    return new RunPlan(
        mart,
        label,
        key,
        started,
        now.plus(timeout),
        now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(1)).plus(timeout).plus(keep),
        spec.publish() != PublishPolicy.EACH_WHEN_PASSES && !history.throughViews(tables),
        spec.parallelism() == null ? Defaults.PARALLELISM : spec.parallelism(),
        RunPlan.limit(spec, it -> it.limits().maxBytesBilledPerRun()),
        RunPlan.limit(spec, it -> it.limits().maxBytesBilledPerTable()),
        mart.tables().stream().map(it -> table(mart, key, it)).toList());
  }

  private RunPlan.Table table(ResolvedMart mart, String key, ResolvedMart.Table table) {
    var window = new Window(from, to, history.zone());
    var parameters = new HashMap<String, Parameter>();
    history.spec().variables().forEach((name, it) -> parameters.put(name, new Parameter.Text(it)));
    parameters.putAll(MartWindows.parameters(table.declared(), window));
    return new RunPlan.Table(
        table,
        window,
        parameters,
        // it is another interval than the one published last
        Optional.empty(),
        RunPlan.staged(mart, key, table.name(), ""),
        RunPlan.staged(mart, key, table.name(), "_next"));
  }

  /** What it stages in the warehouse, beside what a run that failed leaves to be looked at. */
  static List<TableId> staged(RunPlan plan) {
    return plan.tables().stream()
        .flatMap(
            it ->
                plan.together() && it.table().previewed()
                    ? List.of(it.candidate(), it.preview()).stream()
                    : List.of(it.candidate()).stream())
        .toList();
  }
}
