package dev.naru.bigquery;

import java.util.Map;
import java.util.Optional;

/**
 * The resource a table or dataset belongs to, kept as labels on it. The UID is no part of it: a
 * resource that is deleted and applied again owns what it made before.
 */
public record Owner(Kind kind, String namespace, String name) {

  static final String NAMESPACE = "naru_ns";
  static final String NAME = "naru_name";
  static final String KIND = "naru_kind";

  /** Resources that own tables. */
  public enum Kind {
    INGESTION_JOB("ingestion_job", "IngestionJob"),
    DATA_MART("data_mart", "DataMart");

    private final String label;
    private final String word;

    Kind(String label, String word) {
      this.label = label;
      this.word = word;
    }

    /** The kind as people and manifests write it. */
    @Override
    public String toString() {
      return word;
    }

    private static String word(String label) {
      for (var kind : values()) {
        if (kind.label.equals(label)) {
          return kind.word;
        }
      }
      return label;
    }
  }

  /** What an IngestionJob fills. */
  public static Owner ingestionJob(String namespace, String name) {
    return new Owner(Kind.INGESTION_JOB, namespace, name);
  }

  /** What a DataMart builds. */
  public static Owner dataMart(String namespace, String name) {
    return new Owner(Kind.DATA_MART, namespace, name);
  }

  /** As labels, of tables and of jobs. */
  public Map<String, String> labels() {
    return Map.of(KIND, kind.label, NAMESPACE, namespace, NAME, name);
  }

  /** Whether something that carries these labels belongs to this resource. */
  public boolean owns(Map<String, String> labels) {
    return labels.entrySet().containsAll(labels().entrySet());
  }

  /** The resource that labels name, for people: {@code DataMart rental/soda-store}. */
  public static Optional<String> named(Map<String, String> labels) {
    return labels.containsKey(NAME)
        ? Optional.of(
            "%s %s/%s"
                .formatted(
                    Kind.word(labels.getOrDefault(KIND, "")),
                    labels.get(NAMESPACE),
                    labels.get(NAME)))
        : Optional.empty();
  }

  /** Without its kind: {@code namespace/name}. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
