package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.model.rollout.Rollout.Promoting;
import dev.naru.operator.model.rollout.Rollout.Running;
import dev.naru.operator.model.rollout.Rollout.Settled;
import dev.naru.operator.model.rollout.RolloutSettings.OnFailure;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for a rollout whatever happens, in any order. */
final class RolloutWalksTest {

  private static final Duration INTERVAL = Duration.ofMinutes(10);
  private static final List<String> REVISIONS = List.of("v1", "v2", "v3");

  /** What happens between two looks; the rest follows what was decided. */
  record Turn(
      String target,
      RevisionHealth canary,
      RevisionHealth stable,
      RouteState route,
      boolean followed,
      AnalysisVerdict analysis,
      Optional<String> stale,
      Optional<RolloutRequest> request,
      boolean wiped,
      int minutes) {}

  /** A cluster that does what it is told, after a while. */
  private static final class Cluster {
    private final RolloutSettings settings;
    private Instant now = Instant.parse("2026-11-30T00:00:00Z");
    private Optional<Rollout> at = Optional.empty();
    private Optional<String> stable = Optional.of("v1");
    private Set<String> canaries = Set.of();
    private Map<String, Integer> weights = Map.of();

    private Cluster(RolloutSettings settings) {
      this.settings = settings;
    }

    private RolloutObservation seen(Turn turn) {
      now = now.plus(Duration.ofMinutes(turn.minutes()));
      var health = new HashMap<String, RevisionHealth>();
      canaries.forEach(it -> health.put(it, turn.canary()));
      return new RolloutObservation(
          turn.target(),
          stable,
          turn.stable(),
          health,
          weights,
          turn.route(),
          turn.analysis(),
          turn.stale(),
          turn.request(),
          now);
    }

    private RolloutDecision go(Turn turn, RolloutObservation seen) {
      var decision = RolloutPlan.next(settings, turn.wiped() ? Optional.empty() : at, seen);
      at = Optional.of(turn.followed() ? decision.next().done(now) : decision.next());
      canaries = decision.keep();
      if (decision.rollOut()) {
        stable = Optional.of(turn.target());
      }
      if (turn.followed()) {
        weights =
            decision.share().map(it -> Map.of(it.revision(), it.percent())).orElseGet(Map::of);
      }
      return decision;
    }
  }

  @Property(tries = 1000)
  void nobodyIsSentToPodsThatCannotAnswerOrGo(
      @ForAll("settings") RolloutSettings settings, @ForAll("walks") List<Turn> walk) {
    var cluster = new Cluster(settings);
    for (var turn : walk) {
      var seen = cluster.seen(turn);
      var decision = cluster.go(turn, seen);
      assertThat(decision.share())
          .satisfiesAnyOf(
              it -> assertThat(it).isEmpty(),
              it -> {
                assertThat(it.orElseThrow().revision()).isEqualTo(turn.target());
                assertThat(it.orElseThrow().percent()).isBetween(1, 100);
                assertThat(seen.canary(it.orElseThrow().revision()).serves()).isTrue();
                assertThat(decision.keep()).contains(it.orElseThrow().revision());
              });
      var forwarded = new HashSet<>(seen.weights().keySet());
      forwarded.retainAll(seen.canaries().keySet());
      assertThat(decision.keep()).containsAll(forwarded);
    }
  }

  @Property(tries = 1000)
  void whatIsRolledOutIsReplacedOnlyByWhatHasTakenAllSteps(
      @ForAll("settings") RolloutSettings settings, @ForAll("walks") List<Turn> walk) {
    var cluster = new Cluster(settings);
    for (var turn : walk) {
      var seen = cluster.seen(turn);
      var before = turn.wiped() ? Optional.<Rollout>empty() : cluster.at;
      var replaced = !seen.stable().equals(Optional.of(turn.target()));
      var decision = cluster.go(turn, seen);
      if (replaced && decision.rollOut()) {
        assertThat(before.orElseThrow())
            .satisfiesAnyOf(
                it -> assertThat(it).isEqualTo(new Promoting(turn.target())),
                it -> {
                  assertThat(it).isInstanceOf(Running.class);
                  assertThat(settings.last(((Running) it).step())).isTrue();
                  assertThat(seen.canary(turn.target())).isInstanceOf(RevisionHealth.Ready.class);
                });
      }
    }
  }

  @Property(tries = 300)
  void aGoodRevisionIsRolledOutWhateverHappenedBefore(
      @ForAll("settings") RolloutSettings settings, @ForAll("walks") List<Turn> walk) {
    var cluster = new Cluster(settings);
    walk.forEach(turn -> cluster.go(turn, cluster.seen(turn)));
    for (var turns = 0; turns < settings.steps().size() + 5; turns++) {
      // the first of them asks to try again what may have been rolled back, or is held
      cluster.go(good(turns == 0), cluster.seen(good(turns == 0)));
    }
    assertThat(cluster.at).contains(new Settled());
    assertThat(cluster.stable).contains("v2");
    assertThat(cluster.weights).isEmpty();
    assertThat(cluster.canaries).isEmpty();
  }

  private static Turn good(boolean asking) {
    return new Turn(
        "v2",
        new RevisionHealth.Ready(),
        new RevisionHealth.Ready(),
        new RouteState.Ready(),
        true,
        new AnalysisVerdict.Passing(),
        Optional.empty(),
        asking ? Optional.of(RolloutRequest.CONTINUE) : Optional.empty(),
        false,
        (int) INTERVAL.toMinutes());
  }

  @Property(tries = 500)
  void whereNothingChangesNothingIsDecided(
      @ForAll("settings") RolloutSettings settings, @ForAll("walks") List<Turn> walk) {
    var cluster = new Cluster(settings);
    walk.forEach(turn -> cluster.go(turn, cluster.seen(turn)));
    var last = walk.getLast();
    var still =
        new Turn(
            last.target(),
            last.canary(),
            last.stable(),
            last.route(),
            true,
            last.analysis(),
            last.stale(),
            Optional.empty(),
            false,
            0);
    // a rollout may begin, take its first step and be rolled out in as many looks
    for (var look = 0; look < 6; look++) {
      cluster.go(still, cluster.seen(still));
    }
    var before = cluster.at;
    var decision = cluster.go(still, cluster.seen(still));
    assertThat(Optional.of(decision.next())).isEqualTo(before);
    assertThat(cluster.go(still, cluster.seen(still))).isEqualTo(decision);
  }

  @Provide
  Arbitrary<RolloutSettings> settings() {
    var steps =
        Arbitraries.integers()
            .between(1, 99)
            .set()
            .ofMaxSize(4)
            .map(
                it -> {
                  var sorted = new TreeSet<>(it);
                  sorted.add(100);
                  return List.copyOf(sorted);
                });
    return Combinators.combine(steps, Arbitraries.of(OnFailure.class))
        .as((it, onFailure) -> new RolloutSettings(it, INTERVAL, Optional.empty(), onFailure));
  }

  private record More(boolean wiped, boolean followed, int minutes) {}

  @Provide
  Arbitrary<List<Turn>> walks() {
    var health =
        Arbitraries.<RevisionHealth>of(
            new RevisionHealth.Ready(),
            new RevisionHealth.Ready(),
            new RevisionHealth.Degraded(),
            new RevisionHealth.Starting(""),
            new RevisionHealth.Broken("it crashes"));
    var route =
        Arbitraries.<RouteState>of(
            new RouteState.Ready(),
            new RouteState.Ready(),
            new RouteState.Pending("nobody took it"),
            new RouteState.Refused("no listener"));
    var analysis =
        Arbitraries.<AnalysisVerdict>of(
            new AnalysisVerdict.Passing(),
            new AnalysisVerdict.Passing(),
            new AnalysisVerdict.Undecided("too few"),
            new AnalysisVerdict.Failing("it fails"));
    var request = Arbitraries.of(RolloutRequest.class).optional(0.15);
    var stale = Arbitraries.just("it is old").optional(0.1);
    var turn =
        Combinators.combine(
                Arbitraries.of(REVISIONS),
                health,
                health,
                route,
                analysis,
                stale,
                request,
                Combinators.combine(
                        Arbitraries.of(true, false, false, false, false, false),
                        Arbitraries.of(true, true, false),
                        Arbitraries.integers().between(0, 30))
                    .as(More::new))
            .as(
                (target, canary, stable, said, verdict, old, asked, more) ->
                    new Turn(
                        target,
                        canary,
                        stable,
                        said,
                        more.followed(),
                        verdict,
                        old,
                        asked,
                        more.wiped(),
                        more.minutes()));
    return turn.list().ofMinSize(1).ofMaxSize(30);
  }
}
