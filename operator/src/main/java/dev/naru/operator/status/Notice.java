package dev.naru.operator.status;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.ConditionTypes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something worth a Kubernetes Event.
 *
 * @param type Normal or Warning
 * @param reason one word, CamelCase
 * @param message for people
 * @param key what makes it one and the same occurrence: it decides the Event's name, so that after
 *     a crash it is not told twice
 */
public record Notice(Type type, String reason, String message, String key) {

  /** Kubernetes knows these two. */
  public enum Type {
    Normal,
    Warning
  }

  /** An occurrence that is as it should be. */
  public static Notice normal(EventReason reason, String message, String key) {
    return new Notice(Type.Normal, reason.code(), message, key);
  }

  /** An occurrence that someone should know about. */
  public static Notice warning(EventReason reason, String message, String key) {
    return new Notice(Type.Warning, reason.code(), message, key);
  }

  /** What to tell when Ready moved from one state to another; empty when it did not move. */
  public static Optional<Notice> ofReadiness(List<Condition> before, List<Condition> after) {
    var was = ready(before);
    var is = ready(after).orElseThrow();
    var stalled = find(after, ConditionTypes.STALLED);
    var moved =
        was.isEmpty()
            || was.get().status() != is.status()
            || !was.get().reason().equals(is.reason())
            || stalled.isPresent() != find(before, ConditionTypes.STALLED).isPresent();
    if (!moved) {
      return Optional.empty();
    }
    // the moment the former state began names the transition, also after a crash; Ready may have
    // been True all the time
    var since =
        was.map(Condition::reason).orElse("")
            + Stream.of(ConditionTypes.READY, ConditionTypes.RECONCILING, ConditionTypes.STALLED)
                .flatMap(type -> find(before, type).stream())
                .map(it -> String.valueOf(it.lastTransitionTime()))
                .collect(Collectors.joining(" "));
    var key = since + is.status() + is.reason() + stalled.isPresent() + is.observedGeneration();
    return Optional.of(
        new Notice(
            stalled.isPresent() ? Type.Warning : Type.Normal, is.reason(), is.message(), key));
  }

  /** What to tell when a condition other than Ready turned True or False. */
  public static Optional<Notice> ofChange(
      String type, List<Condition> before, List<Condition> after) {
    var was = find(before, type);
    return find(after, type)
        .filter(is -> is.status() != ConditionStatus.UNKNOWN)
        .filter(is -> was.isEmpty() || was.get().status() != is.status())
        .map(
            is -> {
              var key =
                  type
                      + was.map(it -> it.lastTransitionTime().toString()).orElse("")
                      + is.status()
                      + is.observedGeneration();
              var told = is.status() == ConditionStatus.TRUE ? Type.Normal : Type.Warning;
              return new Notice(told, is.reason(), is.message(), key);
            });
  }

  private static Optional<Condition> ready(List<Condition> conditions) {
    return find(conditions, ConditionTypes.READY);
  }

  private static Optional<Condition> find(List<Condition> conditions, String type) {
    return conditions.stream().filter(it -> it.type().equals(type)).findFirst();
  }
}
