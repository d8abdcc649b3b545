package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class AnalysisTest {

  private static final AnalysisLimits LIMITS =
      new AnalysisLimits(1, Optional.of(Duration.ofMillis(200)), 500);

  private static Measures of(double requests, double errors, double slow) {
    var atMost =
        new TreeMap<>(
            Map.of(
                0.1,
                requests - slow,
                0.2,
                requests - slow,
                1.0,
                requests,
                Double.POSITIVE_INFINITY,
                requests));
    return new Measures(requests, errors, new Histogram(atMost));
  }

  private static AnalysisVerdict judge(Measures canary, Measures stable) {
    return Analysis.judge(LIMITS, canary, stable);
  }

  @Test
  void withinAllLimitsIsGood() {
    assertThat(judge(of(500, 5, 5), of(5000, 0, 0))).isEqualTo(new AnalysisVerdict.Passing());
  }

  @Test
  void fewRequestsProveNothing() {
    assertThat(judge(of(499, 0, 0), of(5000, 0, 0))).isInstanceOf(AnalysisVerdict.Undecided.class);
  }

  @Test
  void moreErrorsThanAllowedFail() {
    assertThat(judge(of(1000, 11, 0), of(5000, 0, 0)))
        .isInstanceOfSatisfying(
            AnalysisVerdict.Failing.class,
            it -> assertThat(it.message()).contains("maxErrorPercent: 1", "11 of 1000"));
  }

  @Test
  void errorsThatNothingCanMakeUpForFailBeforeThereAreEnoughRequests() {
    assertThat(judge(of(6, 5, 0), of(5000, 0, 0))).isInstanceOf(AnalysisVerdict.Undecided.class);
    assertThat(judge(of(6, 6, 0), of(5000, 0, 0))).isInstanceOf(AnalysisVerdict.Failing.class);
  }

  @Test
  void slowRequestsFail() {
    assertThat(judge(of(1000, 0, 20), of(5000, 0, 0)))
        .isInstanceOfSatisfying(
            AnalysisVerdict.Failing.class,
            it -> assertThat(it.message()).contains("maxP99: 200ms"));
  }

  @Test
  void whatIsWrongWithBothIsNotTheCanarysFault() {
    assertThat(judge(of(1000, 500, 0), of(5000, 2500, 0)))
        .isInstanceOfSatisfying(
            AnalysisVerdict.Undecided.class,
            it -> assertThat(it.message()).doesNotContain("500").contains("stable revision"));
    assertThat(judge(of(1000, 0, 20), of(5000, 0, 100)))
        .isInstanceOf(AnalysisVerdict.Undecided.class);
    assertThat(judge(of(1000, 500, 0), of(10, 10, 0)))
        .as("a stable revision that nobody asks excuses nothing")
        .isInstanceOf(AnalysisVerdict.Failing.class);
  }

  @Test
  void aLimitOnTimeNeedsTimes() {
    assertThat(judge(new Measures(1000, 0, Histogram.EMPTY), of(5000, 0, 0)))
        .isInstanceOf(AnalysisVerdict.Undecided.class);
    assertThat(
            Analysis.judge(
                new AnalysisLimits(1, Optional.empty(), 500),
                new Measures(1000, 0, Histogram.EMPTY),
                Measures.NONE))
        .isEqualTo(new AnalysisVerdict.Passing());
  }

  @Test
  void aTimeBeyondTheLastBucketIsLongerThanItsBound() {
    var beyond = new Histogram(new TreeMap<>(Map.of(0.2, 90.0, Double.POSITIVE_INFINITY, 100.0)));
    assertThat(beyond.quantile(0.99)).isGreaterThan(0.2).isLessThan(0.2001);
  }

  @Test
  void quantilesAreThoseOfPrometheus() {
    var histogram =
        new Histogram(
            new TreeMap<>(
                Map.of(0.1, 50.0, 0.2, 90.0, 1.0, 100.0, Double.POSITIVE_INFINITY, 100.0)));
    assertThat(histogram.quantile(0.5)).isEqualTo(0.1);
    assertThat(histogram.quantile(0.25)).isEqualTo(0.05);
    assertThat(histogram.quantile(0.95)).isCloseTo(0.6, org.assertj.core.data.Offset.offset(1e-9));
    assertThat(Histogram.EMPTY.quantile(0.99)).isZero();
  }

  @Test
  void onlyWhatComesAfterTheFirstLookCounts() {
    var first = MeasuredPods.NONE.plus(Map.of("a", of(1000, 100, 0)));
    assertThat(first.sum().requests()).isZero();
    var second = first.plus(Map.of("a", of(1100, 101, 0), "b", of(50, 0, 0)));
    assertThat(second.sum().requests()).isEqualTo(100);
    assertThat(second.sum().errors()).isEqualTo(1);
    var third = second.plus(Map.of("b", of(70, 2, 3)));
    assertThat(third.sum().requests()).as("a pod that has gone is not forgotten").isEqualTo(120);
    assertThat(third.sum().errors()).isEqualTo(3);
    assertThat(third.sum().seconds().count()).isEqualTo(120);
  }

  @Test
  void aContainerThatBeganAnewCountsFromNothing() {
    var begun = MeasuredPods.NONE.plus(Map.of("a", of(1000, 0, 0))).plus(Map.of("a", of(30, 3, 0)));
    assertThat(begun.sum().requests()).isEqualTo(30);
    assertThat(begun.sum().errors()).isEqualTo(3);
  }
}
