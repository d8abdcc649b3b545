package dev.naru.worker.run;

import dev.naru.bigquery.LedgerRow;
import dev.naru.bigquery.TableState;
import dev.naru.runfile.Fingerprint;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.worker.source.ReadRequest;
import java.util.Optional;

/**
 * How this run loads.
 *
 * @param reason why an incremental job loads fully this time; empty otherwise
 * @param previousBound where an incremental load begins
 */
record LoadDecision(Mode mode, Optional<String> reason, Optional<String> previousBound) {

  /**
   * Decides.
   *
   * @param last the run whose rows the target holds
   * @param target the table as it is now
   */
  static LoadDecision of(
      RunFile run, RunIdentity self, Optional<LedgerRow> last, Optional<TableState> target) {
    if (run.load().mode() == Mode.FULL) {
      return new LoadDecision(Mode.FULL, Optional.empty(), Optional.empty());
    }
    if (self.isFullRefresh()) {
      return full("a full refresh was requested");
    }
    if (last.isEmpty()) {
      return full("no earlier run into %s was published".formatted(self.target()));
    }
    if (target.isEmpty()) {
      return full("the table %s no longer exists".formatted(self.target()));
    }
    // also after a death between making the table anew and publishing into it
    if (!target.get().created().equals(last.get().targetCreated())) {
      return full(
          "the table %s was made anew since the last published run".formatted(self.target()));
    }
    var changed = self.fingerprint().changedSince(Fingerprint.parse(last.get().fingerprint()));
    if (!changed.isEmpty()) {
      return full("%s changed since the last published run".formatted(String.join(", ", changed)));
    }
    return last.get()
        .bound()
        .map(bound -> new LoadDecision(Mode.INCREMENTAL, Optional.empty(), Optional.of(bound)))
        .orElseGet(() -> full("the last published run stored no bound of the cursor"));
  }

  private static LoadDecision full(String reason) {
    return new LoadDecision(
        Mode.FULL, Optional.of("full load because " + reason), Optional.empty());
  }

  ReadRequest request() {
    return previousBound.map(ReadRequest::since).orElseGet(ReadRequest::full);
  }
}
