package dev.naru.bigquery;

import java.util.Map;

/**
 * The resource a table belongs to, kept as labels on it. The UID is no part of it: a resource that
 * is deleted and applied again owns what it made before.
 */
public record Owner(String namespace, String name) {

  static final String NAMESPACE = "naru_ns";
  static final String NAME = "naru_name";
  static final String KIND = "naru_kind";

  /** As labels, of tables and of jobs. */
  public Map<String, String> labels() {
    return Map.of(KIND, "ingestion_job", NAMESPACE, namespace, NAME, name);
  }

  boolean owns(Map<String, String> tableLabels) {
    return namespace.equals(tableLabels.get(NAMESPACE)) && name.equals(tableLabels.get(NAME));
  }

  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
