package dev.naru.bigquery;

/** A job was not started, or was stopped, because somebody asked for it. */
public final class JobCancelled extends RuntimeException {

  private static final long serialVersionUID = 1;

  JobCancelled(JobStep step) {
    super(step + " was cancelled");
  }
}
