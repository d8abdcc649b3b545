package dev.naru.operator.backfill;

import dev.naru.crds.v1alpha1.BackfillRun;
import dev.naru.crds.v1alpha1.RunOutcome;
import dev.naru.operator.mart.MartBoard;
import dev.naru.operator.mart.MartReason;
import dev.naru.operator.mart.MartStanding;
import dev.naru.operator.status.EventReason;
import dev.naru.operator.status.Notice;
import dev.naru.runfile.RunId;
import java.util.List;
import java.util.Optional;

/** What is asked of a Backfill that has ended. */
final class BackfillRepeat {

  private final MartBoard board;

  BackfillRepeat(MartBoard board) {
    this.board = board;
  }

  /** Begins another go at what is not done: on request, or when the limit that stopped it moved. */
  void reopen(BackfillStep step) {
    if (!step.ended() || step.run.orElseThrow().result() == RunOutcome.SUCCEEDED) {
      return;
    }
    var last = step.run.orElseThrow();
    var token = step.openRun();
    var limited = step.before().filter(it -> it.reason().equals(MartReason.LIMIT_EXCEEDED.code()));
    if (token.isEmpty() && (limited.isEmpty() || !step.changed())) {
      return;
    }
    if (!(board.look(step.mart()) instanceof MartStanding.Usable(var history))) {
      // it stays as it ended until there is something to build; the request stays open
      step.lookAgain.in(BackfillStart.BETWEEN_LOOKS);
      return;
    }
    if (!step.tables.isEmpty() && !history.contents(step.tables).equals(step.contents.orElse(""))) {
      // what is done was made of something else
      step.at = step.at.fromTheStart();
      step.contents = Optional.of(history.contents(step.tables));
    }
    step.at = step.at.withEstimate(Optional.empty()).withRunning(List.of());
    if (step.total.isEmpty()) {
      // it was cancelled before it had begun
      step.run = Optional.empty();
    } else {
      step.run =
          Optional.of(
              new BackfillRun(
                  // with the same id the jobs of what was stopped by the limit are found again
                  token.map(it -> "b-" + RunId.hash8(it)).orElse(last.id()),
                  token.orElse(last.request()),
                  token.isPresent() ? step.conditions.now() : last.startTime(),
                  null,
                  RunOutcome.RUNNING));
    }
    token.ifPresent(
        it -> {
          step.answeredRun = token;
          step.notices.add(
              Notice.normal(EventReason.RUN_REQUESTED, "What is not done is built again", it));
        });
  }

  /** Requests that come when there is nothing left to do. */
  static void answer(BackfillStep step) {
    if (step.run.orElseThrow().result() == RunOutcome.SUCCEEDED) {
      step.answeredRun = step.openRun().or(() -> step.answeredRun);
    }
    step.openCancel()
        .ifPresent(
            token -> {
              step.answeredCancel = Optional.of(token);
              step.notices.add(
                  Notice.normal(EventReason.NOTHING_TO_CANCEL, "It had ended already", token));
            });
  }
}
