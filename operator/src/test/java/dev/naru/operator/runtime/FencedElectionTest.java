package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.runtime.FakeLeases.Fault;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three replicas through many rounds of a bad day: slow requests, lost answers, processes that
 * stand still, clocks that are set. Never are two fences open at a time.
 */
final class FencedElectionTest {

  private static final int ROUNDS = 1_500;

  private final FakeLeases leases = new FakeLeases();
  private final FakeTime time = new FakeTime();
  private final List<Replica> replicas = new ArrayList<>();
  private Random random = new Random(0);
  private int terms;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void atMostOneFenceIsOpen(long seed) {
    random = new Random(seed);
    for (var name : List.of("one", "two", "three")) {
      replicas.add(new Replica(name));
    }
    for (var round = 0; round < ROUNDS; round++) {
      leases.fault =
          switch (random.nextInt(12)) {
            case 0 -> Fault.NO_ANSWER;
            case 1 -> Fault.ANSWER_LOST;
            default -> Fault.NONE;
          };
      replicas.get(random.nextInt(replicas.size())).round();
      pass(random.nextInt(10) == 0 ? 20_000 : 900);
      if (random.nextInt(50) == 0) {
        time.setWallClock(Duration.ofSeconds(random.nextInt(60) - 30));
      }
    }
    assertThat(terms).as("the lease went from hand to hand").isGreaterThan(50);
  }

  /** Time passes in small steps, in which the others go on. */
  private void pass(int mostMillis) {
    for (var left = random.nextInt(mostMillis); left > 0; left -= 500) {
      time.pass(Duration.ofMillis(Math.min(left, 500)));
      assertThat(replicas.stream().filter(it -> it.fence.open()).map(it -> it.name))
          .as("open fences after %s", time.passed())
          .hasSizeLessThan(2);
      if (random.nextInt(4) == 0) {
        replicas.get(random.nextInt(replicas.size())).round();
      }
    }
  }

  private final class Replica implements LeaseStore {

    final String name;
    final Fence fence = new Fence(time.stopwatch());
    private final Election election;
    private boolean waits;

    Replica(String name) {
      this.name = name;
      this.election = new Election(this, "naru-system", "naru-operator", name, time.stopwatch());
    }

    void round() {
      if (waits) {
        // its request is under way, or the process stands still
        return;
      }
      switch (election.attempt()) {
        case Election.Round.Ours ours -> {
          if (!fence.open()) {
            terms++;
          }
          fence.renewed(ours.sent());
        }
        case Election.Round.Theirs _ -> fence.close();
        case Election.Round.Unknown _ -> {}
      }
    }

    @Override
    public Optional<Lease> read() {
      delay();
      var read = leases.read();
      delay();
      return read;
    }

    @Override
    public Lease create(Lease lease) {
      delay();
      var created = leases.create(lease);
      delay();
      return created;
    }

    @Override
    public Lease update(Lease lease) {
      delay();
      var updated = leases.update(lease);
      delay();
      return updated;
    }

    private void delay() {
      waits = true;
      pass(random.nextInt(20) == 0 ? 30_000 : 200);
      waits = false;
    }
  }
}
