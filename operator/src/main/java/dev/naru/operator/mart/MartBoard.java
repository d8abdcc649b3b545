package dev.naru.operator.mart;

import static dev.naru.crds.v1alpha1.ConditionTypes.READY;
import static dev.naru.crds.v1alpha1.ConditionTypes.STALLED;

import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartStatus;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.operator.status.Conditions;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Where the reconciler of DataMarts says how each stands, and Backfills look: nothing is watched or
 * resolved twice. Also the locks that both take.
 */
public final class MartBoard {

  private final TableLocks locks = new TableLocks();
  private final Map<ResourceID, Entry> entries = new ConcurrentHashMap<>();
  private final List<Consumer<ResourceID>> listeners = new CopyOnWriteArrayList<>();
  private final Map<ResourceID, Integer> built = new ConcurrentHashMap<>();
  private volatile Function<ResourceID, Optional<DataMart>> cache = _ -> Optional.empty();
  private volatile Consumer<ResourceID> waker = _ -> {};

  private record Entry(DataMart mart, MartResolution resolution, String state) {}

  /** The locks of all tables of marts. */
  public TableLocks locks() {
    return locks;
  }

  /** Wants to be told when a mart stands differently. */
  public void listen(Consumer<ResourceID> listener) {
    listeners.add(listener);
  }

  /**
   * Belongs to the reconciler of DataMarts.
   *
   * @param wakes makes it look at a mart
   */
  void follow(Function<ResourceID, Optional<DataMart>> marts, Consumer<ResourceID> wakes) {
    cache = marts;
    waker = wakes;
  }

  /** A Backfill has published for a mart: there may be tables that its plan does not know. */
  public void built(ResourceID mart) {
    built.merge(mart, 1, Integer::sum);
    waker.accept(mart);
  }

  /** Another number means that a Backfill has published since. */
  int builds(ResourceID mart) {
    return built.getOrDefault(mart, 0);
  }

  void forget(ResourceID mart) {
    built.remove(mart);
    entries.remove(mart);
  }

  /** How a mart stands after it was reconciled. */
  void tell(MartStep step, MartResolution resolution) {
    var who = ResourceID.fromResource(step.mart);
    var state = state(step, resolution);
    var before = entries.put(who, new Entry(step.mart, resolution, state));
    if (before == null || !before.state().equals(state)) {
      listeners.forEach(it -> it.accept(who));
    }
  }

  private static String state(MartStep step, MartResolution resolution) {
    var resolved =
        switch (resolution) {
          case MartResolution.Resolved(var mart) ->
              mart.fingerprint()
                  + mart.upstreams().stream().map(it -> it.table() + it.dataThrough()).toList();
          case MartResolution.Unresolved(var outcome) -> outcome.message();
        };
    return String.join(
        " ",
        step.mart.getMetadata().getUid(),
        resolved,
        step.conditions.get(READY).map(it -> it.status() + it.reason()).orElse(""),
        step.conditions.isTrue(STALLED) + "",
        step.running().isPresent() + "",
        step.tables.stream().map(MartTableStatus::publishedAt).toList().toString());
  }

  /** How a mart stands now. */
  public MartStanding look(ResourceID who) {
    var now = cache.apply(who);
    if (now.isEmpty()) {
      entries.remove(who);
      return new MartStanding.Missing();
    }
    var mart = now.get();
    if (mart.isMarkedForDeletion()) {
      return new MartStanding.Deleted();
    }
    var entry = entries.get(who);
    if (entry == null || !same(entry.mart(), mart)) {
      return new MartStanding.Unknown();
    }
    return switch (entry.resolution()) {
      case MartResolution.Unresolved(var outcome) -> new MartStanding.NotReady(outcome.message());
      case MartResolution.Resolved(var resolved) ->
          ready(mart)
              .<MartStanding>map(MartStanding.NotReady::new)
              .orElseGet(() -> new MartStanding.Usable(new MartHistory(mart, resolved)));
    };
  }

  private static boolean same(DataMart one, DataMart other) {
    return Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid())
        && Objects.equals(one.getMetadata().getGeneration(), other.getMetadata().getGeneration());
  }

  /** What keeps it from being Ready; empty when it is. */
  private static Optional<String> ready(DataMart mart) {
    var conditions =
        Optional.ofNullable(mart.getStatus())
            .map(DataMartStatus::conditions)
            .orElse(List.<Condition>of());
    return Conditions.isTrue(conditions, READY) && !Conditions.isTrue(conditions, STALLED)
        ? Optional.empty()
        : conditions.stream()
            .filter(it -> it.type().equals(READY))
            .findFirst()
            .map(Condition::message)
            .or(() -> Optional.of("it was not looked at yet"));
  }
}
