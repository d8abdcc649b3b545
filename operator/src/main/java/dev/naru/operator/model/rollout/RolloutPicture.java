package dev.naru.operator.model.rollout;

import dev.naru.operator.model.ModelReason;
import dev.naru.operator.model.rollout.Rollout.Held;
import dev.naru.operator.model.rollout.Rollout.Promoting;
import dev.naru.operator.model.rollout.Rollout.RolledBack;
import dev.naru.operator.model.rollout.Rollout.Running;
import dev.naru.operator.model.rollout.Rollout.Settled;
import dev.naru.operator.model.rollout.RolloutDecision.Share;
import dev.naru.operator.status.Outcome;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** What follows from where a rollout is: shares, pods that stay, and words for people. Pure. */
record RolloutPicture(RolloutSettings settings, RolloutObservation seen, Rollout at) {

  RolloutDecision decision() {
    var percent = percent();
    var share =
        percent == 0 ? Optional.<Share>empty() : at.canary().map(it -> new Share(it, percent));
    return new RolloutDecision(
        at, rollOut(), share, given(), takesAway(share), keep(), outcome(), lookAgain());
  }

  private int percent() {
    return switch (at) {
      case Settled _, RolledBack _ -> 0;
      case Running it ->
          it.step() != Running.STARTING && seen.canary(it.candidate()).serves()
              ? settings.share(it.step())
              : 0;
      case Promoting(var candidate) -> seen.canary(candidate).serves() ? 100 : 0;
    };
  }

  private int given() {
    return at.revision().map(seen.weights()::get).orElse(0);
  }

  private boolean takesAway(Optional<Share> share) {
    return seen.weights().entrySet().stream()
        .anyMatch(
            it ->
                it.getValue()
                    > share
                        .filter(to -> to.revision().equals(it.getKey()))
                        .map(Share::percent)
                        .orElse(0));
  }

  private boolean rollOut() {
    return switch (at) {
      case Settled _, Promoting _ -> true;
      case Running _, RolledBack _ -> false;
    };
  }

  private Set<String> keep() {
    var keep = new LinkedHashSet<String>();
    at.canary().ifPresent(keep::add);
    seen.canaries().keySet().stream().filter(it -> !seen.withoutRequests(it)).forEach(keep::add);
    return keep;
  }

  private Optional<Outcome> outcome() {
    return switch (at) {
      case Settled _ -> route();
      case RolledBack(var candidate, var why) ->
          Optional.of(
              fail(
                  ModelReason.ROLLED_BACK,
                  ("Revision %s was rolled back: %s. Revision %s answers all requests; commit a"
                          + " mended version, or set annotation naru.dev/continue-requested-at to"
                          + " try this one again")
                      .formatted(candidate, why, stable())));
      case Running it -> Optional.of(route().orElseGet(() -> running(it)));
      case Promoting(var candidate) ->
          Optional.of(
              wait(
                  ModelReason.ROLLING_OUT,
                  "Revision %s has passed all steps and replaces revision %s"
                      .formatted(candidate, stable())));
    };
  }

  private Optional<Outcome> route() {
    return switch (seen.route()) {
      case RouteState.Ready _ -> Optional.empty();
      case RouteState.Pending(var message) -> Optional.of(notAccepted(message));
      case RouteState.Refused(var message) -> Optional.of(notAccepted(message));
    };
  }

  private static Outcome notAccepted(String message) {
    return new Outcome.Wait(ModelReason.ROUTE_NOT_ACCEPTED.code(), message, false);
  }

  private Outcome running(Running it) {
    if (it.held().isPresent()) {
      return held(it, it.held().get());
    }
    return seen.staleInputs()
        .map(
            why ->
                wait(
                    ModelReason.ROLLOUT_HELD,
                    "%s; the next step waits for younger data: %s".formatted(where(it), why)))
        .orElseGet(() -> wait(ModelReason.ROLLING_OUT, "%s; %s".formatted(where(it), next(it))));
  }

  private Outcome held(Running it, Held held) {
    return held.failed()
        ? fail(
            ModelReason.CANARY_FAILED,
            ("Revision %s has failed and is held at %d %%: %s. Set annotation"
                    + " naru.dev/rollback-requested-at to take it back, or"
                    + " naru.dev/continue-requested-at for the next step")
                .formatted(it.candidate(), percent(), held.why()))
        : wait(
            ModelReason.ROLLOUT_HELD,
            "%s; held by request: set annotation naru.dev/continue-requested-at for the next step"
                .formatted(where(it)));
  }

  private String stable() {
    return seen.stable().orElse("before");
  }

  private String where(Running it) {
    return percent() == 100
        ? "Revision %s answers all requests".formatted(it.candidate())
        : "Revision %s answers %d %% of the requests, revision %s the others"
            .formatted(it.candidate(), percent(), stable());
  }

  private String next(Running it) {
    if (it.step() == Running.STARTING) {
      return switch (seen.canary(it.candidate())) {
        case RevisionHealth.Starting(var why) when !why.isEmpty() -> "its pods start: " + why;
        case RevisionHealth.Starting _, RevisionHealth.Degraded _ -> "its pods start";
        case RevisionHealth.Ready _, RevisionHealth.Broken _ -> "its pods are ready";
      };
    }
    var then =
        settings.last(it.step())
            ? "it is rolled out"
            : "it gets %d %%".formatted(settings.share(it.step() + 1));
    return switch (seen.analysis()) {
      case AnalysisVerdict.Undecided(var message) ->
          "%s when its metrics can be judged: %s".formatted(then, message);
      case AnalysisVerdict.Passing _, AnalysisVerdict.Failing _ ->
          "%s after %ds at this step".formatted(then, settings.interval().toSeconds());
    };
  }

  private Optional<Duration> lookAgain() {
    return at instanceof Running it && it.step() != Running.STARTING && it.held().isEmpty()
        ? Optional.of(RolloutPlan.left(settings, it, seen)).filter(Duration::isPositive)
        : Optional.empty();
  }

  private static Outcome wait(ModelReason reason, String message) {
    return new Outcome.Wait(reason.code(), message, true);
  }

  private static Outcome fail(ModelReason reason, String message) {
    return new Outcome.Fail(reason.code(), message);
  }
}
