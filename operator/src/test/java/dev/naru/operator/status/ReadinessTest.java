package dev.naru.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadinessTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Outcome DONE = new Outcome.Done(Reason.SCHEDULED, "runs");
  private static final Outcome MISSING = Outcome.Wait.onMissing("Secret x does not exist");

  @Test
  void doneIsReadyAlone() {
    assertThat(types(pass(List.of(), 1, START, DONE))).containsExactly("Ready=True");
  }

  @Test
  void aWaitIsReconcilingAndAFailureIsStalledNeverBoth() {
    var waiting = pass(List.of(), 1, START, MISSING);
    assertThat(types(waiting)).containsExactly("Ready=False", "Reconciling=True");
    var failed = pass(waiting, 1, START, new Outcome.Fail(Reason.INVALID_SPEC, "bad"));
    assertThat(types(failed)).containsExactly("Ready=False", "Stalled=True");
    assertThat(types(pass(failed, 1, START, DONE))).containsExactly("Ready=True");
  }

  @Test
  void theTransitionTimeMovesOnlyWithTheStatus() {
    var first = pass(List.of(), 1, START, DONE);
    var later = START.plusSeconds(60);
    var renamed = pass(first, 2, later, new Outcome.Done(Reason.SUSPENDED, "other"));
    assertThat(renamed.getFirst().lastTransitionTime()).isEqualTo(START);
    assertThat(renamed.getFirst().observedGeneration()).isEqualTo(2);
    assertThat(pass(renamed, 2, later, MISSING).getFirst().lastTransitionTime()).isEqualTo(later);
  }

  @Test
  void aMissingDependencyIsStalledAfterFiveMinutesAndStaysSo() {
    var missing = pass(List.of(), 1, START, MISSING);
    var almost = pass(missing, 1, START.plusSeconds(299), MISSING);
    assertThat(types(almost)).contains("Reconciling=True");
    var stalled = pass(almost, 1, START.plusSeconds(300), MISSING);
    assertThat(types(stalled)).containsExactly("Ready=False", "Stalled=True");
    var still = pass(stalled, 1, START.plusSeconds(301), MISSING);
    assertThat(still).isEqualTo(stalled);
  }

  @Test
  void aNewSpecGetsNewPatience() {
    var stalled = pass(pass(List.of(), 1, START, MISSING), 1, START.plusSeconds(300), MISSING);
    assertThat(types(pass(stalled, 2, START.plusSeconds(301), MISSING)))
        .containsExactly("Ready=False", "Reconciling=True");
  }

  @Test
  void patienceSaysWhenToLookAgain() {
    var conditions = conditions(pass(List.of(), 1, START, MISSING), 1, START.plusSeconds(100));
    assertThat(Readiness.report(conditions, MISSING)).contains(Duration.ofSeconds(200));
  }

  @Test
  void aTransitionIsToldOnceUnderANameThatSurvivesACrash() {
    var ready = pass(List.of(), 1, START, DONE);
    assertThat(Notice.ofReadiness(ready, ready)).isEmpty();
    var failed = pass(ready, 1, START.plusSeconds(9), MISSING);
    var again = pass(ready, 1, START.plusSeconds(19), MISSING);
    assertThat(Notice.ofReadiness(ready, failed)).isPresent();
    assertThat(Notice.ofReadiness(ready, failed).orElseThrow().key())
        .isEqualTo(Notice.ofReadiness(ready, again).orElseThrow().key());
    var back = pass(failed, 1, START.plusSeconds(30), DONE);
    assertThat(Notice.ofReadiness(failed, back).orElseThrow().key())
        .isNotEqualTo(Notice.ofReadiness(List.of(), ready).orElseThrow().key());
  }

  @Test
  void whatFailsTwiceWhileItStillWorksIsToldTwice() {
    var failing = new Outcome.Fail("RolledBack", "it fails");
    var going = new Outcome.Wait("RollingOut", "it goes", true);
    var told = new ArrayList<String>();
    var before = pass(List.of(), 1, START, DONE);
    for (var time = 1L; time <= 2; time++) {
      before = working(before, START.plusSeconds(10 * time), going);
      var after = working(before, START.plusSeconds(10 * time + 5), failing);
      told.add(Notice.ofReadiness(before, after).orElseThrow().key());
      before = after;
    }
    assertThat(told).doesNotHaveDuplicates();
  }

  private static List<Condition> working(List<Condition> stored, Instant now, Outcome outcome) {
    var conditions = conditions(stored, 1, now);
    Readiness.report(conditions, outcome, true);
    return conditions.toList();
  }

  private static List<Condition> pass(
      List<Condition> stored, long generation, Instant now, Outcome outcome) {
    var conditions = conditions(stored, generation, now);
    Readiness.report(conditions, outcome);
    return conditions.toList();
  }

  private static Conditions conditions(List<Condition> stored, long generation, Instant now) {
    return new Conditions(stored, generation, Clock.fixed(now, ZoneOffset.UTC));
  }

  private static List<String> types(List<Condition> conditions) {
    return conditions.stream()
        .map(it -> it.type() + "=" + (it.status() == ConditionStatus.TRUE ? "True" : "False"))
        .toList();
  }
}
