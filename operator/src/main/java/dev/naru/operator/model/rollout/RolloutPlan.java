package dev.naru.operator.model.rollout;

import dev.naru.operator.model.rollout.Rollout.Held;
import dev.naru.operator.model.rollout.Rollout.Promoting;
import dev.naru.operator.model.rollout.Rollout.RolledBack;
import dev.naru.operator.model.rollout.Rollout.Running;
import dev.naru.operator.model.rollout.Rollout.Settled;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides the next step of a rollout. What is rolled out answers whatever the canary cannot; a
 * canary loses its pods only when the Gateway sends it nothing any more. Pure.
 */
public final class RolloutPlan {

  private final RolloutSettings settings;
  private final RolloutObservation seen;

  private RolloutPlan(RolloutSettings settings, RolloutObservation seen) {
    this.settings = settings;
    this.seen = seen;
  }

  /**
   * Decides.
   *
   * @param remembered empty for a new service, and when its status was lost: then a rollout that
   *     was going on begins again
   */
  public static RolloutDecision next(
      RolloutSettings settings, Optional<Rollout> remembered, RolloutObservation seen) {
    var next = new RolloutPlan(settings, seen).step(remembered.orElseGet(Settled::new));
    return new RolloutPicture(settings, seen, next).decision();
  }

  private Rollout step(Rollout at) {
    var stable = seen.stable();
    if (stable.isEmpty() || stable.get().equals(seen.target())) {
      return promoted(at) ? new Promoting(seen.target()) : new Settled();
    }
    return switch (at) {
      case Settled _ -> begin();
      case RolledBack it when !it.candidate().equals(seen.target()) -> begin();
      case RolledBack _ when asks(RolloutRequest.CONTINUE) -> begin();
      case RolledBack it -> it;
      case Promoting it -> it.candidate().equals(seen.target()) ? it : begin();
      case Running it -> it.candidate().equals(seen.target()) ? go(it) : begin();
    };
  }

  /**
   * The canary answers until the last pod is replaced: they are no more than they need be. Where
   * this was not remembered any more, the route still tells it.
   */
  private boolean promoted(Rollout at) {
    return (at.equals(new Promoting(seen.target()))
            || seen.weights().getOrDefault(seen.target(), 0) == 100)
        && !(seen.stableHealth() instanceof RevisionHealth.Ready)
        && seen.canary(seen.target()).serves();
  }

  private Rollout begin() {
    return Running.starting(seen.target());
  }

  private Rollout go(Running at) {
    if (asks(RolloutRequest.ROLL_BACK)) {
      return new RolledBack(at.candidate(), "somebody asked for it");
    }
    return switch (seen.canary(at.candidate())) {
      case RevisionHealth.Broken(var why) -> failed(at, why);
      // it has lost its share by that, and earns it again from the first step
      case RevisionHealth.Starting _ ->
          at.step() == Running.STARTING || at.held().isPresent() ? held(at) : begin();
      case RevisionHealth.Degraded _ ->
          at.step() == Running.STARTING ? held(at) : judged(at, false);
      case RevisionHealth.Ready _ -> judged(at, true);
    };
  }

  private Rollout judged(Running at, boolean ready) {
    if (asks(RolloutRequest.CONTINUE) && ready) {
      return advanced(at);
    }
    if (at.step() != Running.STARTING
        && at.held().isEmpty()
        && seen.analysis() instanceof AnalysisVerdict.Failing(var why)) {
      return failed(at, why);
    }
    var held = held(at);
    return held.held().isEmpty() && ready && due(held) ? advanced(held) : held;
  }

  private Running held(Running at) {
    return asks(RolloutRequest.HOLD) && at.held().isEmpty()
        ? at.holding(new Held(false, "somebody asked for it"))
        : at;
  }

  private boolean due(Running at) {
    if (seen.staleInputs().isPresent() || !(seen.route() instanceof RouteState.Ready)) {
      return false;
    }
    return at.step() == Running.STARTING
        || (at.done()
            && seen.analysis() instanceof AnalysisVerdict.Passing
            && !left(settings, at, seen).isPositive());
  }

  /** A clock that was set back must not make a step longer than it is. */
  static Duration left(RolloutSettings settings, Running at, RolloutObservation seen) {
    var since = at.since().orElse(seen.now());
    var left = settings.interval().minus(Duration.between(since, seen.now()));
    return left.compareTo(settings.interval()) > 0 ? settings.interval() : left;
  }

  private Rollout advanced(Running at) {
    return settings.last(at.step()) ? new Promoting(at.candidate()) : at.at(at.step() + 1);
  }

  private Rollout failed(Running at, String why) {
    return switch (settings.onFailure()) {
      case ROLLBACK -> new RolledBack(at.candidate(), why);
      case HOLD ->
          at.held().filter(Held::failed).isPresent() ? at : at.holding(new Held(true, why));
    };
  }

  private boolean asks(RolloutRequest request) {
    return seen.request().filter(request::equals).isPresent();
  }
}
