package dev.naru.bigquery;

/** Is told how each request to Google ended, every attempt. */
@FunctionalInterface
public interface CallObserver {

  /** Nobody wants to know. */
  CallObserver NONE = (_, _) -> {};

  /**
   * One attempt ended.
   *
   * @param call method of the API, e.g. {@code bigquery.jobs.get}
   * @param result {@code ok}, or in lower case why not: {@code not_found}, {@code throttled}, …
   */
  void answered(String call, String result);
}
