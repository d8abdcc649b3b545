package dev.naru.operator.status;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The conditions of one resource in the making: starts from the stored ones, so that {@code
 * lastTransitionTime} moves only when a status changes.
 */
public final class Conditions {

  /** The schema allows this many characters. */
  private static final int MAX_MESSAGE = 4096;

  private final Map<String, Condition> byType = new LinkedHashMap<>();
  private final long generation;
  private final Instant now;

  public Conditions(List<Condition> stored, long generation, Clock clock) {
    stored.forEach(condition -> byType.put(condition.type(), condition));
    this.generation = generation;
    this.now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
  }

  /** Sets a condition. */
  public Conditions set(String type, ConditionStatus status, String reason, String message) {
    var before = byType.get(type);
    var since = before != null && before.status() == status ? before.lastTransitionTime() : now;
    byType.put(
        type,
        new Condition(
            type,
            status,
            reason,
            Texts.cut(message, MAX_MESSAGE),
            since == null ? now : since,
            generation));
    return this;
  }

  /** Removes a condition that is present only when True. */
  public Conditions drop(String type) {
    byType.remove(type);
    return this;
  }

  /** Sets Degraded by the first of these types that is False, or drops it. */
  public void degrade(List<String> types) {
    var unhealthy =
        types.stream()
            .flatMap(type -> get(type).stream())
            .filter(it -> it.status() == ConditionStatus.FALSE)
            .findFirst();
    if (unhealthy.isPresent()) {
      set(
          ConditionTypes.DEGRADED,
          ConditionStatus.TRUE,
          unhealthy.get().reason(),
          unhealthy.get().message());
    } else {
      drop(ConditionTypes.DEGRADED);
    }
  }

  /** The condition as it stands. */
  public Optional<Condition> get(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  /** Whether the condition is present and True. */
  public boolean isTrue(String type) {
    return get(type).filter(it -> it.status() == ConditionStatus.TRUE).isPresent();
  }

  /** Whether one of these, of another resource, is of that type and True. */
  public static boolean isTrue(List<Condition> conditions, String type) {
    return conditions.stream()
        .anyMatch(it -> it.type().equals(type) && it.status() == ConditionStatus.TRUE);
  }

  /** All conditions, in the order of their first appearance. */
  public List<Condition> toList() {
    return List.copyOf(byType.values());
  }

  /** The moment that conditions set now carry, in whole seconds. */
  public Instant now() {
    return now;
  }

  long generation() {
    return generation;
  }
}
