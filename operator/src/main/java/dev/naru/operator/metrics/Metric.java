package dev.naru.operator.metrics;

import static dev.naru.operator.metrics.Label.*;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every metric of the operator: the one place where they are named. docs/metrics.md is generated
 * from it, {@code /metrics} is compared with it by a test, and dashboard and alert rules may use
 * nothing else.
 */
public enum Metric {
  BUILD_INFO(
      Group.PROCESS,
      "naru_build_info",
      Type.GAUGE,
      "always 1; tells which version runs",
      VERSION,
      COMMIT),
  LEADER(Group.PROCESS, "naru_leader", Type.GAUGE, "1 in the replica that reconciles, 0 elsewhere"),
  NAMESPACES_UNWATCHED(
      Group.PROCESS,
      "naru_namespaces_unwatched",
      Type.GAUGE,
      "namespaces of watch.namespaces that do not exist or cannot be read, and are asked for again"),
  STARTED(Group.PROCESS, "process_start_time_seconds", Type.GAUGE, "when the process started"),
  UPTIME(Group.PROCESS, "process_uptime_seconds", Type.GAUGE, "how long the process runs"),
  CPU(Group.PROCESS, "process_cpu_usage", Type.GAUGE, "CPU used by the process, 1 is all of them"),
  CPU_TIME(
      Group.PROCESS, "process_cpu_time_ns_total", Type.COUNTER, "CPU time used, in nanoseconds"),
  SYSTEM_CPU(Group.PROCESS, "system_cpu_usage", Type.GAUGE, "CPU used by all in the container"),
  CPUS(Group.PROCESS, "system_cpu_count", Type.GAUGE, "processors that Java sees"),
  LOAD(Group.PROCESS, "system_load_average_1m", Type.GAUGE, "load average of the last minute"),
  MEMORY_USED(
      Group.PROCESS, "jvm_memory_used_bytes", Type.GAUGE, "memory in use", MEMORY_AREA, POOL),
  MEMORY_COMMITTED(
      Group.PROCESS,
      "jvm_memory_committed_bytes",
      Type.GAUGE,
      "memory taken from the system",
      MEMORY_AREA,
      POOL),
  MEMORY_MAX(
      Group.PROCESS,
      "jvm_memory_max_bytes",
      Type.GAUGE,
      "most memory that may be taken; -1: no bound",
      MEMORY_AREA,
      POOL),
  BUFFERS(Group.PROCESS, "jvm_buffer_count_buffers", Type.GAUGE, "buffers outside the heap", POOL),
  BUFFERS_USED(
      Group.PROCESS, "jvm_buffer_memory_used_bytes", Type.GAUGE, "memory of these buffers", POOL),
  BUFFERS_TOTAL(
      Group.PROCESS,
      "jvm_buffer_total_capacity_bytes",
      Type.GAUGE,
      "capacity of these buffers",
      POOL),
  GC_PAUSE(
      Group.PROCESS,
      "jvm_gc_pause_seconds",
      Type.SUMMARY,
      "pauses for garbage collection",
      COLLECTOR,
      GC_ACTION,
      GC_CAUSE),
  GC_LIVE(
      Group.PROCESS,
      "jvm_gc_live_data_size_bytes",
      Type.GAUGE,
      "heap that was still in use after the last full collection; 0 before the first"),
  GC_MAX(
      Group.PROCESS, "jvm_gc_max_data_size_bytes", Type.GAUGE, "most heap for long-lived objects"),
  GC_ALLOCATED(
      Group.PROCESS, "jvm_gc_memory_allocated_bytes_total", Type.COUNTER, "heap ever allocated"),
  GC_PROMOTED(
      Group.PROCESS,
      "jvm_gc_memory_promoted_bytes_total",
      Type.COUNTER,
      "heap ever kept for longer"),

  RECONCILES(
      Group.RECONCILING,
      "naru_reconcile_duration_seconds",
      Type.HISTOGRAM,
      "reconciles and how long they took; alert on `failed`",
      KIND,
      RECONCILE_RESULT),
  RECONCILE_QUEUE(
      Group.RECONCILING,
      "naru_reconcile_queue",
      Type.GAUGE,
      "resources that wait for a free thread; alert when it stays up",
      KIND),
  RECONCILES_RUNNING(
      Group.RECONCILING, "naru_reconcile_running", Type.GAUGE, "reconciles under way", KIND),
  RECONCILE_LAST(
      Group.RECONCILING,
      "naru_reconcile_last_timestamp_seconds",
      Type.GAUGE,
      "when a reconcile last ended; the liveness probe makes one happen every few seconds, so an"
          + " older time means that the controller is stuck",
      KIND),
  EVENTS_RECEIVED(
      Group.RECONCILING,
      "naru_reconcile_wakes_total",
      Type.COUNTER,
      "what woke the controller: changes, children, timers",
      KIND),
  APPLIES(
      Group.RECONCILING,
      "naru_apply_total",
      Type.COUNTER,
      "child objects looked at and written; at rest all are `unchanged`; `repaired`: somebody"
          + " else changed them",
      KIND,
      APPLY_RESULT),
  API_REQUESTS(
      Group.RECONCILING,
      "naru_api_requests_total",
      Type.COUNTER,
      "requests to the API server; alert on code 403: a right is missing",
      VERB,
      RESOURCE,
      CODE),
  CACHED(
      Group.RECONCILING,
      "naru_cached_objects",
      Type.GAUGE,
      "objects in the caches, which decide about memory",
      OWNER,
      KIND),
  EVENTS(
      Group.RECONCILING,
      "naru_events_total",
      Type.COUNTER,
      "Kubernetes Events written: transitions, each once",
      KIND,
      EVENT_TYPE,
      REASON),
  WAREHOUSE_REQUESTS(
      Group.RECONCILING,
      "naru_warehouse_requests_total",
      Type.COUNTER,
      "requests of the operator to BigQuery and Cloud Storage, every attempt; `unknown_outcome`,"
          + " `throttled` and `quota` are tried again. Workers do not count here",
      CALL,
      CALL_RESULT),
  SQL_QUESTIONS(
      Group.RECONCILING,
      "naru_sql_questions_total",
      Type.COUNTER,
      "questions to the SQL analyzer, without those answered from memory; after every answer but"
          + " `known` and `refused` a dry run decides",
      SQL_QUESTION,
      SQL_ANSWER),

  RESOURCES(Group.FLEET, "naru_resources", Type.GAUGE, "resources", KIND),
  CONDITIONS(
      Group.FLEET,
      "naru_resource_conditions",
      Type.GAUGE,
      "resources by condition; alert on Stalled=True, RunHealthy=False, Reachable=False",
      KIND,
      CONDITION,
      STATUS,
      REASON),
  ACTIVE(Group.FLEET, "naru_runs_active", Type.GAUGE, "runs under way", KIND),
  LATE(
      Group.FLEET,
      "naru_resources_late",
      Type.GAUGE,
      "resources whose schedule fired, whose `timeout` is over, and that have not succeeded since;"
          + " suspended ones do not count",
      KIND),
  LAG(
      Group.FLEET,
      "naru_data_lag_max_seconds",
      Type.GAUGE,
      "age of the oldest `status.dataThrough` among scheduled resources that are not suspended",
      KIND),
  ROLLOUTS(
      Group.FLEET,
      "naru_rollouts",
      Type.GAUGE,
      "ModelServices that are rolled out by steps, by where that is; alert on `failed`",
      ROLLOUT_PHASE),

  RUNS(Group.RUNS, "naru_runs_total", Type.COUNTER, "runs that ended", KIND, TRIGGER, RUN_RESULT),
  RUN_FAILURES(
      Group.RUNS, "naru_run_failures_total", Type.COUNTER, "failed runs by reason", KIND, REASON),
  RUN_DURATION(
      Group.RUNS,
      "naru_run_duration_seconds",
      Type.HISTOGRAM,
      "from the start of a run to its end",
      KIND,
      RUN_RESULT),
  ROWS(Group.RUNS, "naru_run_rows_total", Type.COUNTER, "rows published", KIND),
  BYTES(
      Group.RUNS,
      "naru_run_bytes_total",
      Type.COUNTER,
      "bytes of the staged files of published runs; of DataMarts the bytes that were billed, also for"
          + " runs that failed",
      KIND),
  ROLLOUTS_ENDED(
      Group.RUNS,
      "naru_rollouts_ended_total",
      Type.COUNTER,
      "rollouts by steps that ended",
      ROLLOUT_RESULT),

  RESOURCE_THROUGH(
      Group.PER_RESOURCE,
      "naru_resource_data_through_timestamp_seconds",
      Type.GAUGE,
      "`status.dataThrough`; the lag is `time() -` this",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  RESOURCE_SUCCESS(
      Group.PER_RESOURCE,
      "naru_resource_last_success_timestamp_seconds",
      Type.GAUGE,
      "end of the newest run that succeeded",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  RESOURCE_ROWS(
      Group.PER_RESOURCE,
      "naru_resource_last_success_rows",
      Type.GAUGE,
      "rows of that run",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  RESOURCE_BYTES(
      Group.PER_RESOURCE,
      "naru_resource_last_run_bytes",
      Type.GAUGE,
      "bytes of the newest run that ended, see `naru_run_bytes_total`",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  TABLE_BYTES(
      Group.PER_RESOURCE,
      "naru_mart_table_bytes",
      Type.GAUGE,
      "bytes billed for a table of a DataMart in the last run that worked on it",
      RESOURCE_NAMESPACE,
      RESOURCE_NAME,
      TABLE),
  CANARY_SHARE(
      Group.PER_RESOURCE,
      "naru_rollout_canary_percent",
      Type.GAUGE,
      "requests of a ModelService that its newest revision gets while it proves itself, in percent;"
          + " 0 without a rollout under way",
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  RESOURCE_HEALTHY(
      Group.PER_RESOURCE,
      "naru_resource_healthy",
      Type.GAUGE,
      "0 when RunHealthy or Reachable is False or Stalled is True, otherwise 1",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME),
  RESOURCE_LATE(
      Group.PER_RESOURCE,
      "naru_resource_late",
      Type.GAUGE,
      "1 for what `naru_resources_late` counts",
      KIND,
      RESOURCE_NAMESPACE,
      RESOURCE_NAME);

  /** What a metric is about; the documentation has a table for each. */
  public enum Group {
    FLEET(
        "Resources",
        "Computed from the caches at each scrape, by the leader alone: a restart changes nothing,"
            + " and two replicas do not count twice."),
    RUNS(
        "Runs",
        "Counted by the leader once the end of a run, or of a rollout, stands in status. Counters"
            + " begin at 0 with each process; what was counted is never counted again, whoever"
            + " leads."),
    RECONCILING("Control loop", "Of each replica. A standby only watches."),
    PROCESS("Process", "Of each replica."),
    PER_RESOURCE(
        "Per resource, off by default",
        "`metrics.perResource: true` adds these, by the leader alone: six series per"
            + " IngestionJob and DataMart, one per table of a DataMart, one per ModelService that is"
            + " rolled out by steps and one per other resource, about 12,000 for 2,000 jobs.");

    private final String title;
    private final String note;

    Group(String title, String note) {
      this.title = title;
      this.note = note;
    }

    String title() {
      return title;
    }

    String note() {
      return note;
    }
  }

  /** Kinds of metrics, and the series each is exposed as. */
  public enum Type {
    COUNTER(List.of("")),
    GAUGE(List.of("")),
    /** With buckets; {@code _max} is the largest of the last minutes. */
    HISTOGRAM(List.of("_bucket", "_count", "_sum", "_max")),
    SUMMARY(List.of("_count", "_sum", "_max"));

    @SuppressWarnings("ImmutableEnumChecker") // List.of
    private final List<String> suffixes;

    Type(List<String> suffixes) {
      this.suffixes = suffixes;
    }
  }

  private final Group group;
  private final String prometheusName;
  private final Type type;
  private final String meaning;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<Label> labels;

  Metric(Group group, String prometheusName, Type type, String meaning, Label... labels) {
    this.group = group;
    this.prometheusName = prometheusName;
    this.type = type;
    this.meaning = meaning;
    this.labels = List.of(labels);
  }

  /** The name in Prometheus. */
  public String prometheusName() {
    return prometheusName;
  }

  /** The name by which Micrometer makes that of Prometheus. */
  String meterName() {
    var unsuffixed =
        switch (type) {
          case COUNTER -> prometheusName.replaceFirst("_total$", "");
          case HISTOGRAM, SUMMARY -> prometheusName.replaceFirst("_seconds$", "");
          case GAUGE -> prometheusName;
        };
    return unsuffixed.replace('_', '.');
  }

  public Group group() {
    return group;
  }

  public Type type() {
    return type;
  }

  String meaning() {
    return meaning;
  }

  public List<Label> labels() {
    return labels;
  }

  /** The names of its series. */
  public List<String> series() {
    return type.suffixes.stream().map(suffix -> prometheusName + suffix).toList();
  }

  /** The metric that a series belongs to. */
  public static Optional<Metric> ofSeries(String name) {
    return Arrays.stream(values()).filter(it -> it.series().contains(name)).findFirst();
  }
}
