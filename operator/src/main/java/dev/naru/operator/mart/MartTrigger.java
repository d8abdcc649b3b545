package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.crds.v1alpha1.UpstreamWait;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.mart.ResolvedMart.Upstream;
import dev.naru.operator.schedule.Cron;
import dev.naru.runfile.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Which run is due, and what it waits for. Everything comes from spec, status and the clock, so
 * that after any downtime the last missed firing is found again, once. Pure.
 */
final class MartTrigger {

  /** Looked back over one after the other, so that no long list of firings is walked through. */
  private static final List<Duration> LOOK_BACK =
      List.of(
          Duration.ofHours(1),
          Duration.ofDays(1),
          Duration.ofDays(8),
          Duration.ofDays(32),
          Duration.ofDays(400),
          Duration.ofDays(4000));

  private MartTrigger() {}

  /**
   * A run that should start.
   *
   * @param id the same whenever it is computed
   * @param due since when
   * @param scheduled when the schedule asked for it
   * @param request the token that asked for it
   * @param end of its window
   */
  record Due(
      String id, Instant due, Optional<Instant> scheduled, Optional<String> request, Instant end) {

    /** The run, as status tells of it while it goes on. */
    MartRun run(Instant start) {
      return new MartRun(
          id,
          scheduled.orElse(null),
          request.orElse(null),
          end,
          start,
          null,
          RunOutcome.RUNNING,
          null,
          null,
          null);
    }
  }

  /** A run that nobody decided: what a plan looks at. */
  static Due supposed(DataMartSpec spec, Instant now) {
    return new Due("plan", now, Optional.empty(), Optional.empty(), MartWindows.end(spec, now));
  }

  /** What should run now; empty while suspended and when nothing is due. */
  static Optional<Due> due(DataMart mart, Instant now) {
    var spec = mart.getSpec();
    if (Boolean.TRUE.equals(spec.suspend())) {
      return Optional.empty();
    }
    return requested(mart, now).or(() -> scheduled(mart, now));
  }

  private static Optional<Due> requested(DataMart mart, Instant now) {
    var handled = Optional.ofNullable(mart.getStatus()).map(DataMartStatus::lastHandledRunRequest);
    return Requests.open(mart, Annotations.RUN_REQUESTED_AT, handled.orElse(null))
        .map(
            token ->
                new Due(
                    "m-" + RunId.hash8(token),
                    now,
                    Optional.empty(),
                    Optional.of(token),
                    MartWindows.end(mart.getSpec(), now)));
  }

  private static Optional<Due> scheduled(DataMart mart, Instant now) {
    var spec = mart.getSpec();
    if (spec.schedule() == null) {
      return Optional.empty();
    }
    var after =
        Optional.ofNullable(mart.getStatus())
            .map(DataMartStatus::lastScheduleTime)
            .orElseGet(() -> Instant.parse(mart.getMetadata().getCreationTimestamp()));
    return latest(cron(spec), after, now)
        .map(
            at ->
                new Due(
                    "s-" + at.getEpochSecond() / 60,
                    at,
                    Optional.of(at),
                    Optional.empty(),
                    MartWindows.end(spec, at)));
  }

  /** The last firing in {@code (after, now]}: of several that were missed, only one is made up. */
  private static Optional<Instant> latest(Cron cron, Instant after, Instant now) {
    for (var back : LOOK_BACK) {
      var from = now.minus(back);
      var begin = from.isBefore(after) ? after : from;
      var at = cron.next(begin).filter(it -> !it.isAfter(now));
      if (at.isPresent()) {
        var last = at.get();
        for (var next = cron.next(last);
            next.filter(it -> !it.isAfter(now)).isPresent();
            next = cron.next(last)) {
          last = next.get();
        }
        return Optional.of(last);
      }
      if (!begin.isAfter(after)) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** When the schedule fires next; empty without one that can, and while suspended. */
  static Optional<Instant> next(DataMartSpec spec, Instant now) {
    return spec.schedule() == null
            || Boolean.TRUE.equals(spec.suspend())
            || SpecProblems.schedule(spec).isPresent()
        ? Optional.empty()
        : cron(spec).next(now);
  }

  /** Upstreams whose data does not reach to the end of a run's window yet. */
  static List<Upstream> late(DataMartSpec spec, List<Upstream> upstreams, Instant end) {
    var waits =
        spec.upstream() == null
            || spec.upstream().waitFor() == null
            || spec.upstream().waitFor() == UpstreamWait.ALL;
    return waits
        ? upstreams.stream()
            .filter(it -> it.dataThrough().filter(at -> !at.isBefore(end)).isEmpty())
            .toList()
        : List.of();
  }

  /** How long a due run may wait before that is worth a condition. */
  static Duration deadline(DataMartSpec spec) {
    return Durations.parse(
        spec.upstream() == null || spec.upstream().deadline() == null
            ? Defaults.UPSTREAM_DEADLINE
            : spec.upstream().deadline());
  }

  /** {@code IngestionJob x (raw.x, complete up to 2026-01-01T00:00:00Z)}, for a few of them. */
  static String describe(List<Upstream> late) {
    var some =
        late.stream()
            .limit(5)
            .map(
                it ->
                    "%s (%s, %s)"
                        .formatted(
                            it.resource(),
                            it.table(),
                            it.dataThrough()
                                .map(at -> "complete up to " + at)
                                .orElse("not loaded yet")))
            .toList();
    var more = late.size() - some.size();
    return String.join(", ", some) + (more > 0 ? " and %d more".formatted(more) : "");
  }

  private static Cron cron(DataMartSpec spec) {
    return Cron.parse(spec.schedule().cron(), MartWindows.zone(spec).getId());
  }
}
