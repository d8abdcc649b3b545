package dev.naru.worker.run;

import dev.naru.bigquery.FakeWarehouse.ClientDied;
import dev.naru.runfile.RunResult;
import java.util.Optional;
import java.util.function.Supplier;

/** Runs a client that may die. */
final class Deaths {

  private Deaths() {}

  /** The result, or empty when the client died. */
  static Optional<RunResult> survive(Supplier<RunResult> client) {
    try {
      return Optional.of(client.get());
    } catch (ClientDied died) {
      return Optional.empty();
    }
  }
}
