package dev.naru.operator.it;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Writes down what becomes of the objects of a namespace, each version of each, in the order in
 * which the API server had them.
 */
final class Chronicle implements AutoCloseable {

  private final KubernetesClient client;
  private final String namespace;
  private final List<Class<? extends HasMetadata>> kinds;
  private final NavigableMap<Long, Change> changes = new ConcurrentSkipListMap<>();
  private final List<Watch> watches;

  private record Change(HasMetadata object, boolean gone) {}

  /** What there was at one moment. */
  record Moment(Map<String, HasMetadata> objects) {

    <T extends HasMetadata> Optional<T> get(Class<T> kind, String name) {
      return Optional.ofNullable(kind.cast(objects.get(key(HasMetadata.getKind(kind), name))));
    }

    <T extends HasMetadata> Stream<T> all(Class<T> kind) {
      return objects.values().stream().filter(kind::isInstance).map(kind::cast);
    }
  }

  Chronicle(KubernetesClient client, String namespace, List<Class<? extends HasMetadata>> kinds) {
    this.client = client;
    this.namespace = namespace;
    this.kinds = kinds;
    this.watches = kinds.stream().map(this::watch).toList();
  }

  private <T extends HasMetadata> Watch watch(Class<T> kind) {
    return client
        .resources(kind)
        .inNamespace(namespace)
        .watch(
            new Watcher<>() {
              @Override
              public void eventReceived(Action action, T object) {
                changes.put(version(object), new Change(object, action == Action.DELETED));
              }

              @Override
              public void onClose(WatcherException cause) {
                throw new IllegalStateException("nobody writes the chronicle any more", cause);
              }
            });
  }

  /** Tells all moments, once everything that has happened is written down. */
  void tell(Consumer<Moment> listener) {
    kinds.forEach(kind -> Await.until("all about " + kind.getSimpleName(), () -> knows(kind)));
    var objects = new TreeMap<String, HasMetadata>();
    changes
        .values()
        .forEach(
            it -> {
              if (it.gone()) {
                objects.remove(key(it.object()));
              } else {
                objects.put(key(it.object()), it.object());
              }
              listener.accept(new Moment(Map.copyOf(objects)));
            });
  }

  private <T extends HasMetadata> boolean knows(Class<T> kind) {
    var now = client.resources(kind).inNamespace(namespace).list().getItems();
    var known =
        changes.values().stream()
            .filter(it -> kind.isInstance(it.object()))
            .collect(
                TreeMap<String, Change>::new,
                (all, it) -> all.put(key(it.object()), it),
                TreeMap::putAll);
    known.values().removeIf(Change::gone);
    return known.size() == now.size()
        && now.stream()
            .allMatch(
                it ->
                    known.containsKey(key(it))
                        && version(known.get(key(it)).object()) == version(it));
  }

  private static String key(HasMetadata object) {
    return key(object.getKind(), object.getMetadata().getName());
  }

  private static String key(String kind, String name) {
    return kind + "/" + name;
  }

  private static long version(HasMetadata object) {
    return Long.parseLong(object.getMetadata().getResourceVersion());
  }

  @Override
  public void close() {
    watches.forEach(Watch::close);
  }
}
