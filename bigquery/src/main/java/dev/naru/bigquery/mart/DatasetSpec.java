package dev.naru.bigquery.mart;

import dev.naru.bigquery.Owner;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A mart's dataset as declared.
 *
 * @param defaultExpirationDays after how many days tables without one of their own expire
 * @param access is added; entries of others are left alone
 * @param adopt whether an existing dataset that is not the owner's may be taken over
 */
public record DatasetSpec(
    String name,
    Owner owner,
    Optional<String> description,
    Map<String, String> labels,
    Optional<Integer> defaultExpirationDays,
    List<Access> access,
    boolean adopt) {

  public DatasetSpec {
    labels = Collections.unmodifiableMap(new TreeMap<>(labels));
    access = List.copyOf(access);
  }

  /**
   * A grant.
   *
   * @param role e.g. {@code roles/bigquery.dataViewer}
   * @param member e.g. {@code group:analysts@example.com}
   */
  public record Access(String role, String member) {}
}
