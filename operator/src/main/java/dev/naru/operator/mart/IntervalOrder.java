package dev.naru.operator.mart;

import dev.naru.bigquery.mart.Window;
import dev.naru.runfile.Hashes;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
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
    var timeout = RunPlan.timeout(spec);
    var window = new Window(from, to, history.zone());
    return RunPlan.of(
        mart,
        spec,
        label,
        key,
        started,
        now.plus(timeout),
        now.truncatedTo(ChronoUnit.DAYS)
            .plus(Duration.ofDays(1))
            .plus(timeout)
            .plus(RunPlan.keep(spec)),
        RunPlan.together(spec) && !history.throughViews(tables),
        mart.tables().stream()
            // no rows before: it is another interval than the one published last
            .map(it -> RunPlan.table(mart, spec, key, it, window, Optional.empty()))
            .toList());
  }
}
