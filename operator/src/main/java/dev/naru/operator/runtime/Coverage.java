package dev.naru.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.processing.Controller;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** The namespaces that are reconciled, followed while the operator runs. */
sealed interface Coverage extends AutoCloseable
    permits AllNamespaces, LabelledNamespaces, ListedNamespaces {

  /**
   * What a setting means.
   *
   * @param onLost learns why nobody follows any more
   */
  static Coverage of(Watch watch, KubernetesClient client, Consumer<Throwable> onLost) {
    return switch (watch) {
      case Watch.Everywhere _ -> new AllNamespaces();
      case Watch.Listed it -> new ListedNamespaces(client, it.namespaces(), onLost);
      case Watch.Labelled it -> new LabelledNamespaces(client, it.selector(), onLost);
    };
  }

  /**
   * Waits until there is something to watch.
   *
   * @return the namespaces to cache; empty means all
   */
  Set<String> begin() throws InterruptedException;

  /** Brings the started controllers to namespaces that come later, and from those that go. */
  void follow(Collection<Controller<?>> controllers, Health health);

  /** Whether the resources of a namespace are reconciled now. */
  boolean contains(String namespace);

  /** How many watches of its own it holds open. */
  int watches();

  /** How many of the namespaces that were named cannot be read. */
  int unwatched();

  /** Why the operator is not ready; empty when it may be. */
  Optional<String> notReady();

  @Override
  void close();
}
