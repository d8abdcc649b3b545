package dev.naru.operator.status;

import dev.naru.operator.kube.Applied;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What became of a child that was applied: what is in the way of its owner, and Events of what was
 * not as declared. Pure.
 *
 * @param owner whose child it is
 * @param notices takes the Events
 * @param lookAgainIn told when nobody else would wake the owner
 */
public record ChildReport(HasMetadata owner, List<Notice> notices, Consumer<Duration> lookAgainIn) {

  /** Someone else's object tells us nothing when it goes: it is looked for. */
  private static final Duration NAME_TAKEN_RETRY = Duration.ofMinutes(1);

  /** Nor does a policy in the API server that is changed. */
  private static final Duration REFUSED_RETRY = Duration.ofMinutes(5);

  /**
   * Reports one child.
   *
   * @param existed whether it was there before, so that making it repairs
   * @return what is in the way
   */
  public Optional<Outcome> obstacle(Applied applied, String kind, String name, boolean existed) {
    return switch (applied) {
      case Applied.Unchanged _, Applied.Updated _ -> Optional.empty();
      case Applied.Created _ -> {
        if (existed) {
          notices.add(
              Notice.warning(
                  EventReason.REPAIRED,
                  "%s %s was deleted by someone else and is created again".formatted(kind, name),
                  kind + name + "deleted" + owner.getMetadata().getResourceVersion()));
        }
        yield Optional.empty();
      }
      case Applied.Repaired repaired -> {
        notices.add(
            Notice.warning(
                EventReason.REPAIRED,
                "%s %s was changed by someone else and is as declared again; change the %s instead"
                    .formatted(kind, name, owner.getKind()),
                kind + name + repaired.version()));
        yield Optional.empty();
      }
      case Applied.Foreign foreign -> {
        lookAgainIn.accept(NAME_TAKEN_RETRY);
        yield Optional.of(
            new Outcome.Fail(
                Reason.NAME_TAKEN,
                "%s %s exists in this namespace and belongs to someone else: delete or rename it, or give the %s another name"
                    .formatted(foreign.kind(), foreign.name(), owner.getKind())));
      }
      case Applied.Refused refused -> {
        lookAgainIn.accept(REFUSED_RETRY);
        yield Optional.of(
            new Outcome.Fail(
                Reason.CHILD_REFUSED,
                "%s %s is refused by the API server: %s"
                    .formatted(refused.kind(), refused.name(), refused.why())));
      }
      case Applied.Deleting deleting ->
          Optional.of(
              Outcome.Wait.on(
                  Reason.CHILD_DELETING,
                  "%s %s is still being deleted".formatted(deleting.kind(), deleting.name())));
    };
  }
}
