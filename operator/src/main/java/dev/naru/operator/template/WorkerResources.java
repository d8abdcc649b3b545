package dev.naru.operator.template;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Fills in the CPU and memory that nobody declared. Pure. */
final class WorkerResources {

  /** A worker's requests when nobody says anything; the memory bound is tested. */
  private static final Map<String, Quantity> REQUESTS =
      Map.of("cpu", new Quantity("250m"), "memory", new Quantity("512Mi"));

  private static final Map<String, Quantity> LIMITS = Map.of("memory", new Quantity("512Mi"));

  /** What a container uses without being asked; others it has only when it declares them. */
  private static final List<String> USED_BY_ALL = List.of("cpu", "ephemeral-storage", "memory");

  private WorkerResources() {}

  /**
   * Naru's own default counts only when nobody says anything about resources, and bows to the
   * bounds. A resource with a bound and without a limit gets the bound as its limit, as with a
   * LimitRange: a bound that leaving out the limit would lift is none. Its request is then written
   * as well, or the API server would take the limit for it.
   */
  static Settings fill(Settings settings, SortedMap<String, Traced<Quantity>> max) {
    var requests = new TreeMap<>(settings.requests());
    var limits = new TreeMap<>(settings.limits());
    if (requests.isEmpty() && limits.isEmpty()) {
      REQUESTS.forEach((name, value) -> requests.put(name, builtIn(value, max.get(name))));
      LIMITS.forEach((name, value) -> limits.put(name, builtIn(value, max.get(name))));
    }
    for (var name : USED_BY_ALL) {
      var bound = max.get(name);
      if (bound != null && !limits.containsKey(name)) {
        limits.put(name, new Traced<>(bound.value(), new Origin.Bound(bound.origin())));
        requests.putIfAbsent(name, builtIn(REQUESTS.getOrDefault(name, new Quantity("0")), bound));
      }
    }
    return settings.with(requests, limits);
  }

  private static Traced<Quantity> builtIn(Quantity value, Traced<Quantity> bound) {
    return new Traced<>(
        bound != null && Policies.more(value, bound.value()) ? bound.value() : value,
        new Origin.BuiltIn());
  }
}
