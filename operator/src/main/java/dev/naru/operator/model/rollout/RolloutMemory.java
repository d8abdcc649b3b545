package dev.naru.operator.model.rollout;

import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.RolloutAnalysis;
import dev.naru.crds.v1alpha1.RolloutFailure;
import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.crds.v1alpha1.ServingRollout;
import dev.naru.operator.status.Texts;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/** A rollout as spec and status have it. Pure. */
public final class RolloutMemory {

  private static final int MAX_WHY = 1024;

  private RolloutMemory() {}

  /** What spec means, with what it leaves out. */
  public static RolloutSettings settings(ServingRollout declared) {
    return new RolloutSettings(
        declared.steps(),
        Durations.parse(Objects.requireNonNullElse(declared.interval(), Defaults.ROLLOUT_INTERVAL)),
        Optional.ofNullable(declared.analysis()).map(RolloutMemory::limits),
        declared.onFailure() == RolloutFailure.HOLD
            ? RolloutSettings.OnFailure.HOLD
            : RolloutSettings.OnFailure.ROLLBACK);
  }

  private static AnalysisLimits limits(RolloutAnalysis declared) {
    return new AnalysisLimits(
        Objects.requireNonNullElse(declared.maxErrorPercent(), Defaults.MAX_ERROR_PERCENT),
        Optional.ofNullable(declared.maxP99()).map(RolloutMemory::time),
        Objects.requireNonNullElse(declared.minRequests(), Defaults.MIN_REQUESTS));
  }

  private static Duration time(String text) {
    return text.endsWith("ms")
        ? Duration.ofMillis(Long.parseLong(text.substring(0, text.length() - 2)))
        : Durations.parse(text);
  }

  /** What status remembers; a phase of a newer version is none. */
  public static Optional<Rollout> read(RolloutStatus status) {
    if (status == null || status.phase() == null) {
      return Optional.empty();
    }
    var why = Objects.requireNonNullElse(status.why(), "");
    return switch (status.phase()) {
      case SETTLED -> Optional.of(new Rollout.Settled());
      case RUNNING -> running(status).map(Rollout.class::cast);
      case HELD -> running(status).map(it -> it.holding(new Rollout.Held(false, why)));
      case FAILED -> running(status).map(it -> it.holding(new Rollout.Held(true, why)));
      case PROMOTING -> Optional.ofNullable(status.revision()).map(Rollout.Promoting::new);
      case ROLLED_BACK ->
          Optional.ofNullable(status.revision()).map(it -> new Rollout.RolledBack(it, why));
      case UNKNOWN -> Optional.empty();
    };
  }

  private static Optional<Rollout.Running> running(RolloutStatus status) {
    return status.revision() == null || status.step() == null
        ? Optional.empty()
        : Optional.of(
            new Rollout.Running(
                status.revision(),
                status.step(),
                Optional.ofNullable(status.since()),
                Optional.empty()));
  }

  /** What status is to remember before anything is done: the routes give what they gave. */
  public static RolloutStatus decided(RolloutDecision decision) {
    return write(decision.next(), decision.given());
  }

  /** What status is to remember once all of it is done. */
  public static RolloutStatus done(RolloutDecision decision, Instant now) {
    return write(decision.next().done(now), decision.percent());
  }

  private static RolloutStatus write(Rollout rollout, int percent) {
    return switch (rollout) {
      case Rollout.Settled _ ->
          new RolloutStatus(RolloutPhase.SETTLED, null, null, null, null, null);
      case Rollout.Running it ->
          new RolloutStatus(
              it.held().isEmpty()
                  ? RolloutPhase.RUNNING
                  : it.held().get().failed() ? RolloutPhase.FAILED : RolloutPhase.HELD,
              it.candidate(),
              percent,
              it.step(),
              it.since().orElse(null),
              it.held().map(Rollout.Held::why).map(why -> Texts.cut(why, MAX_WHY)).orElse(null));
      case Rollout.Promoting(var candidate) ->
          new RolloutStatus(RolloutPhase.PROMOTING, candidate, percent, null, null, null);
      case Rollout.RolledBack(var candidate, var why) ->
          new RolloutStatus(
              RolloutPhase.ROLLED_BACK, candidate, percent, null, null, Texts.cut(why, MAX_WHY));
    };
  }
}
