package dev.naru.worker.run;

import dev.naru.runfile.Documents;
import dev.naru.runfile.RunResult;
import java.nio.charset.StandardCharsets;

/**
 * The result as Kubernetes carries it: cut texts first, for a document cut in the middle is no
 * document.
 */
public final class TerminationMessage {

  /** Exit code that Kubernetes does not try again after. */
  static final int ACTION_NEEDED = 10;

  private static final int STEP = 64;

  private TerminationMessage() {}

  /** The document in at most {@link RunResult#MAX_TERMINATION_BYTES} bytes. */
  public static String of(RunResult result) {
    var text = Documents.write(result);
    var length = result.message().length();
    while (text.getBytes(StandardCharsets.UTF_8).length > RunResult.MAX_TERMINATION_BYTES
        && length > STEP) {
      length -= STEP;
      text = Documents.write(withMessage(result, result.message().substring(0, length) + "…"));
    }
    return text;
  }

  /** The exit code that tells Kubernetes whether to try again. */
  public static int exitCode(RunResult result) {
    return switch (result.outcome()) {
      case PUBLISHED, ALREADY_PUBLISHED -> 0;
      case FAILED -> 1;
      case ACTION_NEEDED -> ACTION_NEEDED;
    };
  }

  private static RunResult withMessage(RunResult result, String message) {
    return new RunResult(
        result.apiVersion(),
        result.runId(),
        result.runKey(),
        result.fingerprint(),
        result.outcome(),
        result.reason(),
        message,
        result.mode(),
        result.modeReason(),
        result.rows(),
        result.bytes(),
        result.dataThrough(),
        result.startTime(),
        result.completionTime());
  }
}
