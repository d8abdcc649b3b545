package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.operator.kube.LogContext;
import dev.naru.operator.kube.Throttle;
import dev.naru.operator.mart.Intervals;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.MartStanding;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.AbstractEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The Backfills that this process works on, each on a virtual thread of its own. They live in
 * memory only: where each is stands in status, and what it has done in BigQuery.
 */
final class BackfillRuns extends AbstractEventSource<BackfillEnd, Backfill> {

  private static final Logger LOG = LoggerFactory.getLogger(BackfillRuns.class);

  /** Progress is written down no more often than this. */
  private static final Duration BETWEEN_WAKES = Duration.ofSeconds(5);

  private final MartBoard board;
  private final Intervals intervals;
  private final IndexedResourceCache<Backfill> cache;
  private final Clock clock;
  private final Map<ResourceID, Going> runs = new ConcurrentHashMap<>();

  /**
   * A go at a Backfill.
   *
   * @param end how it ended; null as long as it goes on
   */
  record Going(
      BackfillWork work,
      BackfillRunner runner,
      BackfillProgress progress,
      AtomicReference<BackfillEnd> end) {

    Optional<BackfillEnd> ended() {
      return Optional.ofNullable(end.get());
    }
  }

  BackfillRuns(
      MartBoard board, Intervals intervals, IndexedResourceCache<Backfill> cache, Clock clock) {
    super(BackfillEnd.class, "backfill-runs");
    this.board = board;
    this.intervals = intervals;
    this.cache = cache;
    this.clock = clock;
    board.listen(this::martChanged);
  }

  /** The go at a Backfill that this process works on. */
  Optional<Going> of(ResourceID backfill, String uid) {
    return Optional.ofNullable(runs.get(backfill)).filter(it -> it.work().uid().equals(uid));
  }

  /** Begins, or goes on, where a Backfill is. */
  void start(BackfillWork work, BackfillProgress.Snapshot at) {
    var who = work.who();
    var progress = new BackfillProgress(at, new Throttle(() -> wake(who), BETWEEN_WAKES, clock));
    var runner =
        new BackfillRunner(
            work, intervals, () -> board.look(work.mart()), progress, () -> wanted(work));
    var going = new Going(work, runner, progress, new AtomicReference<>());
    runs.put(who, going);
    var context = LogContext.here();
    Thread.ofVirtual()
        .name("backfill-" + who.getName())
        .start(
            () -> {
              context.enter();
              MDC.put("run", work.run().id());
              LOG.atInfo()
                  .addKeyValue("intervals", work.plan().intervals().size())
                  .addKeyValue("position", at.position())
                  .log("backfill goes on");
              var end = work(going);
              LOG.atInfo()
                  .addKeyValue("result", end.result().map(Enum::name).orElse("interrupted"))
                  .addKeyValue("reason", end.reason())
                  .addKeyValue("position", progress.now().position())
                  .log("backfill ended");
              going.end().set(end);
              if (progress.now().done() > at.done()) {
                board.built(work.mart());
              }
              if (!wanted(work)) {
                runs.remove(who, going);
                wakeOthers(work.mart(), who);
              }
              wake(who);
            });
  }

  private static BackfillEnd work(Going going) {
    try {
      return going.runner().run();
    } catch (RuntimeException e) {
      // a mistake of ours: it must end all the same, or it would stand there for ever
      LOG.atError().setCause(e).log("backfill broke");
      return BackfillEnd.failed(
          MartReason.BROKEN.code(),
          "The operator failed at this Backfill, see its log: %s. Set annotation naru.dev/run-requested-at to go on"
              .formatted(e));
    }
  }

  /** A Backfill that is deleted stops by itself, as one whose mart is gone. */
  private boolean wanted(BackfillWork work) {
    return cache
            .get(work.who())
            .filter(it -> work.uid().equals(it.getMetadata().getUid()))
            .filter(it -> it.getMetadata().getDeletionTimestamp() == null)
            .isPresent()
        && switch (board.look(work.mart())) {
          case MartStanding.Missing _, MartStanding.Deleted _ -> false;
          case MartStanding.Unknown _, MartStanding.NotReady _, MartStanding.Usable _ -> true;
        };
  }

  /** Forgets a go that ended and was written down, or will go on. */
  void forget(Going going) {
    runs.remove(going.work().who(), going);
  }

  /** Status holds this version: what was staged for its intervals is not needed any more. */
  void recorded(Going going, long version) {
    var staged = going.progress().recorded(version);
    if (!staged.isEmpty()
        && board.look(going.work().mart()) instanceof MartStanding.Usable(var history)) {
      var context = LogContext.here();
      Thread.ofVirtual()
          .name("tidy-" + going.work().who().getName())
          .start(
              () -> {
                context.enter();
                intervals.discard(history, staged);
              });
    }
  }

  /** Wakes Backfills that wait for each other's end. */
  void wakeOthers(ResourceID mart, ResourceID but) {
    of(mart).filter(it -> !it.equals(but)).forEach(this::wake);
  }

  private void martChanged(ResourceID mart) {
    if (isRunning()) {
      of(mart).forEach(this::wake);
    }
  }

  private Stream<ResourceID> of(ResourceID mart) {
    return cache
        .list(
            mart.getNamespace().orElseThrow(),
            it ->
                it.getSpec().dataMartRef().name().equals(mart.getName()) && !BackfillStep.over(it))
        .map(ResourceID::fromResource);
  }

  private void wake(ResourceID who) {
    getEventHandler().handleEvent(new Event(who));
  }

  @Override
  public Set<BackfillEnd> getSecondaryResources(Backfill primary) {
    return Set.of();
  }
}
