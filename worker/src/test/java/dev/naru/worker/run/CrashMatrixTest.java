package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.Fault;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult.Outcome;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every write of a whole run fails in every way, once; every write is the last thing a pod does or
 * just does not do. Whatever happens, at most a few attempts later the target equals the source,
 * the ledger holds one Published row, and a further attempt changes nothing.
 */
@Execution(ExecutionMode.CONCURRENT)
class CrashMatrixTest {

  private static final int ATTEMPTS = 4;

  static Stream<Arguments> faults() {
    return Stream.of(Mode.values())
        .flatMap(
            mode ->
                Stream.of(Fault.values())
                    .flatMap(
                        fault ->
                            IntStream.range(0, writes(mode))
                                .mapToObj(call -> Arguments.of(mode, fault, call))));
  }

  /** How many writes a run makes when nothing goes wrong. */
  private static int writes(Mode mode) {
    try (var ground = prepared(mode)) {
      ground.run(1);
      return (int) ground.fake.journal().stream().filter(Call::mutates).count();
    }
  }

  /** Before the run under test: nothing at all, or a published run and then changes. */
  private static Ground prepared(Mode mode) {
    var ground = new Ground();
    ground.mode = mode;
    if (mode == Mode.INCREMENTAL) {
      ground.run(0);
      ground.table.put(3, "updated");
      ground.table.put(14, "updated");
      ground.table.put(40, "new");
      ground.fake.clearJournal();
    }
    return ground;
  }

  @ParameterizedTest(name = "{0}: {1} at write {2}")
  @MethodSource("faults")
  void everyWriteMayFailOnceInAnyWay(Mode mode, Fault fault, int call) {
    try (var ground = prepared(mode)) {
      ground.fake.fail(Call::mutates, call, fault);

      var published = false;
      for (var attempt = 0; attempt < ATTEMPTS && !published; attempt++) {
        var result = Deaths.survive(() -> ground.run(1));
        ground.fake.awaitQuiet();
        ground.fake.revive();
        published =
            result
                .filter(
                    r ->
                        r.outcome() == Outcome.PUBLISHED
                            || r.outcome() == Outcome.ALREADY_PUBLISHED)
                .isPresent();
      }

      assertThat(published).isTrue();
      ground.assertTargetEqualsSource();
      var runs = mode == Mode.INCREMENTAL ? 2 : 1;
      assertThat(ground.ledger("Published")).hasSize(runs);
      ground.fake.clearJournal();
      assertThat(ground.run(1).outcome()).isEqualTo(Outcome.ALREADY_PUBLISHED);
      assertThat(ground.fake.journal()).noneMatch(Call::mutates);
    }
  }
}
