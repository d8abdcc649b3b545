package dev.naru.operator.metrics;

import java.util.List;
import java.util.Optional;

/**
 * The labels of the metrics. Each has few values: a closed set, or one whose bound is stated. Only
 * the metrics per resource, which are off by default, carry names of resources.
 */
public enum Label {
  VERSION("version", "version of the operator", List.of()),
  COMMIT("commit", "commit that its image was built from", List.of()),
  KIND("kind", "kind of a Naru resource, or of one of its children", List.of()),
  OWNER("owner", "kind of the Naru resource whose controller keeps the cache", List.of()),
  CONDITION("condition", "type of a condition, see [conditions](conditions.md)", List.of()),
  STATUS("status", "status of a condition", List.of("True", "False", "Unknown")),
  REASON("reason", "a word of the closed sets in [conditions](conditions.md)", List.of()),
  TRIGGER("trigger", "what started a run", List.of("schedule", "request")),
  RUN_RESULT("result", "how a run ended", List.of("succeeded", "failed", "cancelled")),
  ROLLOUT_PHASE(
      "phase",
      "where a rollout by steps is, `status.rollout.phase`",
      List.of("settled", "running", "held", "failed", "promoting", "rolled_back")),
  ROLLOUT_RESULT(
      "result",
      "how a rollout by steps ended; `replaced`: another revision, or no steps any more, was"
          + " declared before",
      List.of("succeeded", "rolled_back", "replaced")),
  RECONCILE_RESULT("result", "how a reconcile ended", List.of("done", "failed")),
  APPLY_RESULT(
      "result",
      "what became of a child object",
      List.of(
          "unchanged",
          "created",
          "updated",
          "repaired",
          "foreign",
          "refused",
          "deleting",
          "deleted")),
  EVENT_TYPE("type", "type of a Kubernetes Event", List.of("Normal", "Warning")),
  VERB(
      "verb",
      "verb of a request",
      List.of("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")),
  RESOURCE("resource", "plural and subresource, among those the operator has rights on", List.of()),
  CODE("code", "HTTP status; `none`: no answer, `sent`: a watch, which has no end", List.of()),
  CALL("call", "method of BigQuery's or Cloud Storage's API, e.g. `bigquery.jobs.get`", List.of()),
  CALL_RESULT(
      "result",
      "what Google answered",
      List.of(
          "ok",
          "unknown_outcome",
          "throttled",
          "quota",
          "attempt_failed",
          "not_found",
          "duplicate",
          "precondition",
          "access_denied",
          "unauthenticated",
          "refused")),
  SQL_QUESTION("question", "what the SQL analyzer was asked", List.of("references", "analyze")),
  SQL_ANSWER(
      "answer",
      "what the SQL analyzer answered, or why nothing is known: none is configured (`none`), it does"
          + " not run (`absent`), has too much to do (`busy`), did not answer in time (`late`),"
          + " failed over the statement (`failed`), or the statement is more than it knows"
          + " (`beyond`)",
      List.of("known", "refused", "none", "absent", "busy", "late", "failed", "beyond")),
  RESOURCE_NAMESPACE("resource_namespace", "namespace of a resource", List.of()),
  RESOURCE_NAME("resource_name", "name of a resource", List.of()),
  TABLE("table", "table of a DataMart", List.of()),
  MEMORY_AREA("area", "part of Java's memory", List.of("heap", "nonheap")),
  POOL("id", "memory pool or buffer pool of Java", List.of()),
  COLLECTOR("gc", "garbage collector", List.of()),
  GC_ACTION("action", "what the garbage collector did", List.of()),
  GC_CAUSE("cause", "why the garbage collector ran", List.of());

  private final String key;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> values;

  Label(String key, String meaning, List<String> values) {
    this.key = key;
    this.meaning = meaning;
    this.values = values;
  }

  /** The label's name in Prometheus. */
  public String key() {
    return key;
  }

  String meaning() {
    return meaning;
  }

  /** The only values; empty when the set is bounded in another way. */
  public Optional<List<String>> allowed() {
    return values.isEmpty() ? Optional.empty() : Optional.of(values);
  }
}
