package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.runtime.Election.Round;
import dev.naru.operator.runtime.FakeLeases.Fault;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import java.time.Duration;
import org.junit.jupiter.api.Test;

final class ElectionTest {

  private static final Duration RETRY = Duration.ofSeconds(2);

  private final FakeTime time = new FakeTime();
  private final FakeLeases leases = new FakeLeases();
  private final Election one = replica("one");
  private final Election two = replica("two");

  @Test
  void theFirstOneLeadsAndRenewsWithOneRequest() {
    assertThat(one.attempt()).isInstanceOf(Round.Ours.class);
    leases.requests = 0;
    time.pass(RETRY);
    assertThat(one.attempt()).isEqualTo(new Round.Ours(time.stopwatch().now()));
    assertThat(leases.requests).isEqualTo(1);
    assertThat(leases.lease().getSpec().getLeaseTransitions()).isEqualTo(1);
    assertThat(leases.lease().getSpec().getLeaseDurationSeconds()).isEqualTo(15);
  }

  @Test
  void theOtherWaitsUntilItHasSeenNoRenewalForTheWholeLease() {
    one.attempt();
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
    time.pass(Duration.ofSeconds(14));
    one.attempt();
    assertThat(two.attempt()).as("renewed meanwhile").isEqualTo(new Round.Theirs("one"));
    time.pass(Election.LEASE);
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
    time.pass(Duration.ofMillis(1));
    assertThat(two.attempt()).isInstanceOf(Round.Ours.class);
    assertThat(leases.lease().getSpec().getLeaseTransitions()).isEqualTo(2);
  }

  @Test
  void aWallClockThatIsWrongByAnHourTakesNothingOver() {
    one.attempt();
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
    time.setWallClock(Duration.ofHours(1));
    time.pass(RETRY);
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
  }

  @Test
  void aLeaderWhoseLeaseWasOverwrittenSeesItAtItsNextRenewal() {
    one.attempt();
    leases.overwrite("thief");
    time.pass(RETRY);
    assertThat(one.attempt()).isEqualTo(new Round.Theirs("thief"));
  }

  @Test
  void aDeletedLeaseIsMadeAgain() {
    one.attempt();
    leases.delete();
    assertThat(one.attempt()).isInstanceOf(Round.Ours.class);
    assertThat(leases.holder()).isEqualTo("one");
  }

  @Test
  void aLeaseThatIsDeletedUnderALivingLeaderIsNotTaken() {
    one.attempt();
    two.attempt();
    leases.delete();
    time.pass(RETRY);
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
    assertThat(one.attempt()).isInstanceOf(Round.Ours.class);
    assertThat(leases.holder()).isEqualTo("one");
  }

  @Test
  void aLeaseThatIsDeletedUnderADeadLeaderIsTakenOnceItWouldHaveExpired() {
    one.attempt();
    two.attempt();
    leases.delete();
    time.pass(Election.LEASE);
    assertThat(two.attempt()).isEqualTo(new Round.Theirs("one"));
    time.pass(Duration.ofMillis(1));
    assertThat(two.attempt()).isInstanceOf(Round.Ours.class);
  }

  @Test
  void aRenewalWhoseAnswerWasLostIsRecognisedAsOurs() {
    one.attempt();
    leases.fault = Fault.ANSWER_LOST;
    assertThat(one.attempt()).isEqualTo(new Round.Unknown("answer lost"));
    leases.fault = Fault.NONE;
    assertThat(one.attempt()).isInstanceOf(Round.Ours.class);
    assertThat(leases.lease().getSpec().getLeaseTransitions()).isEqualTo(1);
  }

  @Test
  void noAnswerIsNoLoss() {
    one.attempt();
    leases.fault = Fault.NO_ANSWER;
    time.pass(Duration.ofMinutes(2));
    assertThat(one.attempt()).isEqualTo(new Round.Unknown("no answer"));
    leases.fault = Fault.NONE;
    assertThat(one.attempt()).as("nobody else led").isInstanceOf(Round.Ours.class);
  }

  @Test
  void aLeaseThatWasGivenBackIsTakenAtOnce() {
    one.attempt();
    two.attempt();
    one.release();
    assertThat(leases.holder()).isEmpty();
    assertThat(two.attempt()).isInstanceOf(Round.Ours.class);
    one.release();
    assertThat(leases.holder()).as("only one's own is given back").isEqualTo("two");
  }

  @Test
  void whatOthersWroteOnTheLeaseStays() {
    one.attempt();
    var labelled =
        new LeaseBuilder(leases.lease()).editMetadata().addToLabels("team", "a").endMetadata();
    leases.update(labelled.build());
    assertThat(one.attempt()).isInstanceOf(Round.Ours.class);
    assertThat(leases.lease().getMetadata().getLabels()).containsEntry("team", "a");
  }

  private Election replica(String identity) {
    return new Election(leases, "naru-system", "naru-operator", identity, time.stopwatch());
  }
}
