package dev.naru.operator.runtime;

import dev.naru.crds.v1alpha1.Warehouse;
import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.Utils;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the API server serves the kinds that are reconciled. Without its definition a kind can be
 * neither listed nor watched, and nothing tells when it comes: it is asked for.
 */
public final class Definitions {

  private static final Logger log = LoggerFactory.getLogger(Definitions.class);

  static final Duration ASK_AGAIN = Duration.ofSeconds(5);
  static final Duration TELL_AGAIN = Duration.ofMinutes(10);

  private static final String API = HasMetadata.getApiVersion(Warehouse.class);

  private final Supplier<SortedSet<String>> ask;
  private final Stopwatch stopwatch;
  private volatile SortedSet<String> missing = new TreeSet<>();
  private Optional<Stopwatch.Moment> asked = Optional.empty();
  private Optional<Stopwatch.Moment> told = Optional.empty();

  /**
   * Definitions.
   *
   * @param ask which of them are missing; throws when the API server does not answer
   */
  Definitions(Supplier<SortedSet<String>> ask, Stopwatch stopwatch) {
    this.ask = ask;
    this.stopwatch = stopwatch;
  }

  static Definitions of(
      Collection<Reconciler<? extends HasMetadata>> reconcilers,
      KubernetesClient client,
      Stopwatch stopwatch) {
    var wanted = reconcilers.stream().map(Definitions::kind).collect(Collectors.toSet());
    return new Definitions(() -> missing(client, wanted), stopwatch);
  }

  @SuppressWarnings("unchecked") // what a reconciler is of
  private static String kind(Reconciler<? extends HasMetadata> reconciler) {
    return HasMetadata.getPlural(
        (Class<? extends HasMetadata>)
            Utils.getFirstTypeArgumentFromSuperClassOrInterface(
                reconciler.getClass(), Reconciler.class));
  }

  /**
   * Which resources of Naru's API are not served.
   *
   * @param wanted in the plural
   */
  public static SortedSet<String> missing(KubernetesClient client, Set<String> wanted) {
    var missing = new TreeSet<>(wanted);
    var served = client.getApiResources(API);
    if (served != null) {
      served.getResources().stream().map(APIResource::getName).forEach(missing::remove);
    }
    return missing;
  }

  /** What is missing and what to do. */
  public static String lacking(SortedSet<String> missing) {
    return "%s lacks %s: install the definitions of this version, with the chart or from its files/crds"
        .formatted(API, missing);
  }

  /** Waits for all of them. */
  void await() throws InterruptedException {
    while (look().isPresent()) {
      Thread.sleep(ASK_AGAIN);
    }
  }

  /** Asks, when that is some time ago, and tells what is new; what is wrong, if anything is. */
  Optional<String> look() {
    if (over(asked, ASK_AGAIN)) {
      asked = Optional.of(stopwatch.now());
      try {
        learn(ask.get());
      } catch (KubernetesClientException e) {
        log.atDebug().setCause(e).log("nobody says which kinds are served");
      }
    }
    return problem();
  }

  private void learn(SortedSet<String> now) {
    var changed = !now.equals(missing);
    missing = now;
    if (now.isEmpty()) {
      if (changed) {
        log.atInfo().log("{} is complete", API);
      }
      told = Optional.empty();
    } else if (changed || over(told, TELL_AGAIN)) {
      log.atWarn().log("{}; the operator waits for them", lacking(now));
      told = Optional.of(stopwatch.now());
    }
  }

  private boolean over(Optional<Stopwatch.Moment> since, Duration time) {
    return since.filter(it -> stopwatch.since(it).compareTo(time) < 0).isEmpty();
  }

  /** What was wrong when somebody looked last. */
  Optional<String> problem() {
    return Optional.of(missing).filter(it -> !it.isEmpty()).map(Definitions::lacking);
  }
}
