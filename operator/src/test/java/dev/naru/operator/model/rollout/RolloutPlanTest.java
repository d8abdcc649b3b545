package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.model.rollout.Rollout.Held;
import dev.naru.operator.model.rollout.Rollout.Promoting;
import dev.naru.operator.model.rollout.Rollout.RolledBack;
import dev.naru.operator.model.rollout.Rollout.Running;
import dev.naru.operator.model.rollout.Rollout.Settled;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import dev.naru.operator.model.rollout.RolloutSettings.OnFailure;
import dev.naru.operator.status.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class RolloutPlanTest {

  static final Duration INTERVAL = Duration.ofMinutes(30);
  static final Instant NOW = Instant.parse("2026-11-30T00:00:00Z");
  private static final RevisionHealth READY = new RevisionHealth.Ready();
  private static final RevisionHealth STARTING = new RevisionHealth.Starting("");
  private static final AnalysisVerdict PASSING = new AnalysisVerdict.Passing();

  private static RolloutSettings settings(OnFailure onFailure) {
    return new RolloutSettings(List.of(10, 50, 100), INTERVAL, Optional.empty(), onFailure);
  }

  /** v1 is rolled out and well, v2 is declared; what a test is about is changed. */
  private record World(
      String target,
      Optional<String> stable,
      RevisionHealth stableHealth,
      Map<String, RevisionHealth> canaries,
      Map<String, Integer> weights,
      RouteState route,
      AnalysisVerdict analysis,
      Optional<String> stale,
      Optional<RolloutRequest> request,
      Instant now) {

    static World of(RevisionHealth canary) {
      return new World(
          "v2",
          Optional.of("v1"),
          READY,
          Map.of("v2", canary),
          Map.of(),
          new RouteState.Ready(),
          PASSING,
          Optional.empty(),
          Optional.empty(),
          NOW);
    }

    World wants(String revision) {
      return new World(
          revision, stable, stableHealth, canaries, weights, route, analysis, stale, request, now);
    }

    World rolledOut(String revision, RevisionHealth health) {
      return new World(
          target,
          Optional.of(revision),
          health,
          canaries,
          weights,
          route,
          analysis,
          stale,
          request,
          now);
    }

    World nothingRolledOut() {
      return new World(
          target,
          Optional.empty(),
          STARTING,
          Map.of(),
          Map.of(),
          route,
          analysis,
          stale,
          request,
          now);
    }

    World forwards(Map<String, Integer> shares) {
      return new World(
          target, stable, stableHealth, canaries, shares, route, analysis, stale, request, now);
    }

    World saying(RouteState state) {
      return new World(
          target, stable, stableHealth, canaries, weights, state, analysis, stale, request, now);
    }

    World judged(AnalysisVerdict verdict) {
      return new World(
          target, stable, stableHealth, canaries, weights, route, verdict, stale, request, now);
    }

    World stale(String why) {
      return new World(
          target,
          stable,
          stableHealth,
          canaries,
          weights,
          route,
          analysis,
          Optional.of(why),
          request,
          now);
    }

    World asked(RolloutRequest what) {
      return new World(
          target,
          stable,
          stableHealth,
          canaries,
          weights,
          route,
          analysis,
          stale,
          Optional.of(what),
          now);
    }

    World after(Duration time) {
      return new World(
          target,
          stable,
          stableHealth,
          canaries,
          weights,
          route,
          analysis,
          stale,
          request,
          now.plus(time));
    }

    RolloutDecision then(OnFailure onFailure, Rollout at) {
      return RolloutPlan.next(settings(onFailure), Optional.ofNullable(at), seen());
    }

    RolloutDecision then(Rollout at) {
      return then(OnFailure.ROLLBACK, at);
    }

    private RolloutObservation seen() {
      return new RolloutObservation(
          target, stable, stableHealth, canaries, weights, route, analysis, stale, request, now);
    }
  }

  private static Running at(int step) {
    return decided(step).begun(NOW);
  }

  /** The routes do not give its share yet. */
  private static Running decided(int step) {
    return new Running("v2", step, Optional.empty(), Optional.empty());
  }

  private static String reason(RolloutDecision decision) {
    return decision.outcome().map(Outcome::reason).orElse("");
  }

  private static String message(RolloutDecision decision) {
    return decision.outcome().map(Outcome::message).orElse("");
  }

  @Test
  void theFirstRevisionIsRolledOutAtOnce() {
    var decision = World.of(READY).nothingRolledOut().then(null);
    assertThat(decision.next()).isEqualTo(new Settled());
    assertThat(decision.rollOut()).isTrue();
    assertThat(decision.share()).isEmpty();
    assertThat(decision.outcome()).isEmpty();
  }

  @Test
  void aNewRevisionHasNoShareBeforeItIsReady() {
    var decision = World.of(STARTING).then(new Settled());
    assertThat(decision.next()).isEqualTo(decided(Running.STARTING));
    assertThat(decision.rollOut()).isFalse();
    assertThat(decision.share()).isEmpty();
    assertThat(decision.keep()).containsExactly("v2");
    assertThat(World.of(STARTING).then(at(Running.STARTING)).next())
        .isEqualTo(at(Running.STARTING));
    assertThat(World.of(new RevisionHealth.Degraded()).then(at(Running.STARTING)).next())
        .isEqualTo(at(Running.STARTING));
    assertThat(reason(decision)).isEqualTo("RollingOut");
  }

  @Test
  void aRevisionThatIsReadyTakesTheFirstStep() {
    var decision = World.of(READY).then(at(Running.STARTING));
    assertThat(decision.next()).isEqualTo(decided(0));
    assertThat(decision.share()).contains(new Share("v2", 10));
    assertThat(decision.gives()).isTrue();
    assertThat(decision.given()).isZero();
    assertThat(decision.lookAgain()).contains(INTERVAL);
    assertThat(message(decision)).contains("10 %", "50 % after 1800s");
  }

  @Test
  void aStepLastsItsInterval() {
    var early = World.of(READY).after(INTERVAL.minusSeconds(1));
    assertThat(early.then(at(0)).next()).isEqualTo(at(0));
    assertThat(early.then(at(0)).lookAgain()).contains(Duration.ofSeconds(1));
    var due = World.of(READY).after(INTERVAL);
    assertThat(due.then(at(0)).next()).isEqualTo(decided(1));
  }

  @Test
  void aStepCountsFromWhenTheRoutesGiveItsShare() {
    var late = World.of(READY).after(INTERVAL.multipliedBy(9));
    assertThat(late.then(decided(1)).next())
        .as("whoever decided it has died")
        .isEqualTo(decided(1));
    assertThat(late.then(decided(1)).share()).contains(new Share("v2", 50));
    assertThat(late.then(decided(1)).lookAgain()).contains(INTERVAL);
    assertThat(decided(1).done(late.now())).isEqualTo(decided(1).begun(late.now()));
    assertThat(at(1).done(late.now())).as("and goes on counting").isEqualTo(at(1));
  }

  @Test
  void whatACanaryLosesIsToldFromWhatItGets() {
    var half = World.of(READY).forwards(Map.of("v2", 50));
    assertThat(half.then(at(1)).gives()).as("what it has").isFalse();
    assertThat(half.then(at(1)).takesAway()).isFalse();
    assertThat(half.then(at(2)).gives()).isTrue();
    assertThat(half.then(at(0)).takesAway()).isTrue();
    assertThat(half.then(new RolledBack("v2", "it fails")).takesAway()).isTrue();
    assertThat(half.then(new RolledBack("v2", "it fails")).given()).isEqualTo(50);
    assertThat(half.wants("v3").then(at(1)).takesAway()).as("another revision").isTrue();
    assertThat(half.wants("v3").then(at(1)).given()).isZero();
    assertThat(half.wants("v1").then(at(1)).takesAway()).isTrue();
  }

  @Test
  void whatHasPassedAllStepsIsRolledOutUnderTheCanarysCover() {
    var last = World.of(READY).forwards(Map.of("v2", 100));
    assertThat(last.then(at(2)).share()).contains(new Share("v2", 100));
    assertThat(last.then(at(2)).rollOut()).isFalse();
    var promoted = last.after(INTERVAL).then(at(2));
    assertThat(promoted.next()).isEqualTo(new Promoting("v2"));
    assertThat(promoted.rollOut()).isTrue();
    assertThat(promoted.share()).contains(new Share("v2", 100));
    var rolling = last.rolledOut("v2", new RevisionHealth.Degraded()).then(promoted.next());
    assertThat(rolling.next()).isEqualTo(promoted.next());
    assertThat(rolling.share()).contains(new Share("v2", 100));
    var done = last.rolledOut("v2", READY).then(promoted.next());
    assertThat(done.next()).isEqualTo(new Settled());
    assertThat(done.share()).isEmpty();
    assertThat(done.keep()).as("the stored route still names it").containsExactly("v2");
  }

  @Test
  void aCanaryKeepsItsPodsUntilNoRequestIsSentToIt() {
    var done = World.of(READY).rolledOut("v2", READY);
    assertThat(done.saying(new RouteState.Pending("")).then(new Settled()).keep())
        .as("the Gateway has not seen the new route")
        .containsExactly("v2");
    assertThat(done.then(new Settled()).keep()).isEmpty();
  }

  @Test
  void aCanaryThatGoesWhileItIsRolledOutLeavesTheRequestsToTheOthers() {
    var gone = World.of(STARTING).rolledOut("v2", new RevisionHealth.Degraded());
    assertThat(gone.then(new Promoting("v2")).share()).isEmpty();
  }

  @Test
  void aFailingCanaryIsRolledBackAtOnce() {
    var decision = World.of(READY).judged(new AnalysisVerdict.Failing("it fails")).then(at(1));
    assertThat(decision.next()).isEqualTo(new RolledBack("v2", "it fails"));
    assertThat(decision.share()).isEmpty();
    assertThat(decision.rollOut()).isFalse();
    assertThat(decision.outcome().orElseThrow()).isInstanceOf(Outcome.Fail.class);
    assertThat(message(decision)).contains("v2", "it fails", "v1");
  }

  @Test
  void aCanaryThatBreaksIsRolledBackAlsoBeforeItHasAShare() {
    var broken = World.of(new RevisionHealth.Broken("its image cannot be pulled"));
    for (var step = Running.STARTING; step < 3; step++) {
      assertThat(broken.then(at(step)).next())
          .isEqualTo(new RolledBack("v2", "its image cannot be pulled"));
    }
  }

  @Test
  void whatWasRolledBackStaysSoUntilSomebodyActs() {
    var back = new RolledBack("v2", "it fails");
    assertThat(World.of(READY).after(INTERVAL.multipliedBy(9)).then(back).next()).isEqualTo(back);
    assertThat(World.of(READY).then(back).keep()).isEmpty();
    assertThat(World.of(READY).then(back).rollOut()).isFalse();
    assertThat(World.of(READY).asked(RolloutRequest.CONTINUE).then(back).next())
        .isEqualTo(decided(Running.STARTING));
    assertThat(World.of(READY).wants("v3").then(back).next()).isEqualTo(Running.starting("v3"));
    assertThat(World.of(READY).wants("v1").then(back).next()).isEqualTo(new Settled());
  }

  @Test
  void onFailureHoldKeepsTheShareUntilSomebodyDecides() {
    var failing = World.of(READY).judged(new AnalysisVerdict.Failing("it fails"));
    var decision = failing.then(OnFailure.HOLD, at(1));
    assertThat(decision.next()).isEqualTo(at(1).holding(new Held(true, "it fails")));
    assertThat(decision.share()).contains(new Share("v2", 50));
    assertThat(reason(decision)).isEqualTo("CanaryFailed");
    var later = failing.after(INTERVAL.multipliedBy(2));
    assertThat(later.then(OnFailure.HOLD, decision.next()).next()).isEqualTo(decision.next());
    assertThat(later.asked(RolloutRequest.CONTINUE).then(OnFailure.HOLD, decision.next()).next())
        .isEqualTo(decided(2));
    assertThat(later.asked(RolloutRequest.ROLL_BACK).then(OnFailure.HOLD, decision.next()).next())
        .isEqualTo(new RolledBack("v2", "somebody asked for it"));
  }

  @Test
  void aHeldCanaryThatBreaksGivesItsShareBack() {
    var held = at(1).holding(new Held(true, "it fails"));
    for (var health : List.of(STARTING, new RevisionHealth.Broken("it crashes"))) {
      var decision = World.of(health).then(OnFailure.HOLD, held);
      assertThat(decision.next()).isEqualTo(held);
      assertThat(decision.share()).isEmpty();
    }
  }

  @Test
  void somebodyMayHoldGoOnAndRollBack() {
    var held = World.of(READY).asked(RolloutRequest.HOLD).after(INTERVAL).then(at(0));
    assertThat(held.next()).isEqualTo(at(0).holding(new Held(false, "somebody asked for it")));
    assertThat(reason(held)).isEqualTo("RolloutHeld");
    assertThat(World.of(READY).after(INTERVAL.multipliedBy(2)).then(held.next()).next())
        .isEqualTo(held.next());
    assertThat(World.of(READY).asked(RolloutRequest.CONTINUE).then(held.next()).next())
        .isEqualTo(decided(1));
    assertThat(World.of(READY).asked(RolloutRequest.CONTINUE).then(at(0)).next())
        .as("without waiting for the interval")
        .isEqualTo(decided(1));
    assertThat(World.of(READY).asked(RolloutRequest.ROLL_BACK).then(at(0)).next())
        .isEqualTo(new RolledBack("v2", "somebody asked for it"));
  }

  @Test
  void nothingIsContinuedIntoPodsThatAreNotReady() {
    var asked = World.of(new RevisionHealth.Degraded()).asked(RolloutRequest.CONTINUE);
    assertThat(asked.then(at(0)).next()).isEqualTo(at(0));
    assertThat(World.of(STARTING).asked(RolloutRequest.CONTINUE).then(at(-1)).next())
        .isEqualTo(at(-1));
  }

  @Test
  void staleInputsHoldThePromotionButNotTheRollback() {
    var stale = World.of(READY).stale("DataMart soda-store is 30h old").after(INTERVAL);
    assertThat(stale.then(at(0)).next()).isEqualTo(at(0));
    assertThat(stale.then(at(Running.STARTING)).next()).isEqualTo(at(Running.STARTING));
    assertThat(reason(stale.then(at(0)))).isEqualTo("RolloutHeld");
    assertThat(message(stale.then(at(0)))).contains("DataMart soda-store is 30h old");
    assertThat(stale.judged(new AnalysisVerdict.Failing("it fails")).then(at(0)).next())
        .isInstanceOf(RolledBack.class);
  }

  @Test
  void aStepGoesOnlyOnWhenMetricsAndGatewayAgree() {
    var due = World.of(READY).after(INTERVAL.multipliedBy(2));
    assertThat(due.judged(new AnalysisVerdict.Undecided("too few")).then(at(0)).next())
        .isEqualTo(at(0));
    assertThat(due.saying(new RouteState.Pending("nobody took it")).then(at(0)).next())
        .isEqualTo(at(0));
    var refused = due.saying(new RouteState.Refused("no such listener")).then(at(-1));
    assertThat(refused.next()).isEqualTo(at(-1));
    assertThat(reason(refused)).isEqualTo("RouteNotAccepted");
  }

  @Test
  void aCanaryThatLosesAllItsPodsEarnsItsShareAgain() {
    var decision = World.of(STARTING).after(INTERVAL).then(at(1));
    assertThat(decision.next()).isEqualTo(Running.starting("v2"));
    assertThat(decision.share()).isEmpty();
  }

  @Test
  void aCanaryThatLosesSomePodsKeepsItsShareAndWaits() {
    var decision = World.of(new RevisionHealth.Degraded()).after(INTERVAL).then(at(1));
    assertThat(decision.next()).isEqualTo(at(1));
    assertThat(decision.share()).contains(new Share("v2", 50));
  }

  @Test
  void gitIsTheGoalAlsoInTheMiddle() {
    assertThat(World.of(READY).wants("v1").then(at(1)).next()).isEqualTo(new Settled());
    for (var before : List.of(at(1), new Promoting("v2"))) {
      var third = World.of(READY).wants("v3").forwards(Map.of("v2", 50)).then(before);
      assertThat(third.next()).isEqualTo(Running.starting("v3"));
      assertThat(third.share()).isEmpty();
      assertThat(third.keep()).containsExactlyInAnyOrder("v2", "v3");
    }
  }

  @Test
  void aStatusThatWasWipedBeginsTheStepsAgain() {
    var wiped = World.of(READY).forwards(Map.of("v2", 50)).then(null);
    assertThat(wiped.next()).isEqualTo(decided(Running.STARTING));
    assertThat(wiped.share()).isEmpty();
    assertThat(wiped.rollOut()).isFalse();
    assertThat(World.of(READY).rolledOut("v2", READY).then(null).next()).isEqualTo(new Settled());
  }

  @Test
  void thatTheCanaryCoversAReplacementIsSeenWhereItIsNotRemembered() {
    var rolling =
        World.of(READY).rolledOut("v2", new RevisionHealth.Degraded()).forwards(Map.of("v2", 100));
    for (var before : new Rollout[] {null, new Settled(), at(2)}) {
      assertThat(rolling.then(before).next()).isEqualTo(new Promoting("v2"));
      assertThat(rolling.then(before).share()).contains(new Share("v2", 100));
    }
    assertThat(rolling.rolledOut("v2", READY).then(null).next()).isEqualTo(new Settled());
    assertThat(rolling.forwards(Map.of("v2", 50)).then(null).next()).isEqualTo(new Settled());
  }

  @Test
  void aClockThatWasSetBackDoesNotMakeAStepLonger() {
    var before = World.of(READY).after(Duration.ofDays(-1));
    assertThat(before.then(at(0)).lookAgain()).contains(INTERVAL);
  }

  @Test
  void fewerStepsInGitCountAtOnce() {
    var two = new RolloutSettings(List.of(20, 100), INTERVAL, Optional.empty(), OnFailure.HOLD);
    var seen = World.of(READY).forwards(Map.of("v2", 100)).after(INTERVAL).seen();
    assertThat(RolloutPlan.next(two, Optional.of(at(2)), seen).next())
        .isEqualTo(new Promoting("v2"));
  }
}
