package dev.naru.worker.fetch;

import dev.naru.runfile.FetchEnd;

/** A model cannot be had; the message is for people. */
final class FetchFailure extends Exception {

  private static final long serialVersionUID = 1L;

  private final FetchEnd end;

  FetchFailure(FetchEnd end, String message, Throwable cause) {
    super(message, cause);
    this.end = end;
  }

  FetchFailure(FetchEnd end, String message) {
    this(end, message, null);
  }

  FetchEnd end() {
    return end;
  }
}
