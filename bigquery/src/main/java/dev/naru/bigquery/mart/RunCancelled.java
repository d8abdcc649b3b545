package dev.naru.bigquery.mart;

/** A run ended because somebody asked for it; its jobs were cancelled. */
public final class RunCancelled extends RuntimeException {

  private static final long serialVersionUID = 1;

  public RunCancelled() {
    super("the run was cancelled");
  }
}
