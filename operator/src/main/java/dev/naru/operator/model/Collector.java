package dev.naru.operator.model;

/** Who reads metrics for people, and the kind of object that tells it where. */
enum Collector {
  /** Google Managed Prometheus. */
  GOOGLE("monitoring.googleapis.com", "PodMonitoring", "podmonitorings"),

  PROMETHEUS_OPERATOR("monitoring.coreos.com", "PodMonitor", "podmonitors");

  private static final String VERSION = "v1";

  private final String group;
  private final String kind;
  private final String plural;

  Collector(String group, String kind, String plural) {
    this.group = group;
    this.kind = kind;
    this.plural = plural;
  }

  String group() {
    return group;
  }

  String kind() {
    return kind;
  }

  String plural() {
    return plural;
  }

  String version() {
    return VERSION;
  }

  String apiVersion() {
    return group + "/" + VERSION;
  }
}
