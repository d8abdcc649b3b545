package dev.naru.operator.runtime;

import dev.naru.crds.v1alpha1.Warehouse;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.processing.Controller;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listed namespaces, each with caches of its own, for the operator has rights nowhere else. One
 * that does not exist has no Role either, and an informer that is refused would end the process:
 * such a namespace is left out and asked about again, so that it does not keep the operator from
 * the others.
 */
final class ListedNamespaces implements Coverage {

  private static final Logger log = LoggerFactory.getLogger(ListedNamespaces.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Consumer<Throwable> onLost;
  private final Set<String> readable = new TreeSet<>();
  private final Set<String> missing;
  private volatile Optional<Thread> search = Optional.empty();

  ListedNamespaces(KubernetesClient client, Set<String> listed, Consumer<Throwable> onLost) {
    this.client = client;
    this.missing = new TreeSet<>(listed);
    this.onLost = onLost;
  }

  @Override
  public Set<String> begin() throws InterruptedException {
    ask();
    if (!missing().isEmpty()) {
      log.atWarn()
          .addKeyValue("namespaces", missing())
          .log(
              "not watched: these namespaces do not exist, or the operator's Roles there are"
                  + " missing");
    }
    while (readable().isEmpty()) {
      Thread.sleep(ASK_AGAIN);
      ask();
    }
    return readable();
  }

  @Override
  public void follow(Collection<Controller<?>> controllers, BooleanSupplier full) {
    search =
        Optional.of(
            Thread.ofVirtual().name("missing-namespaces").start(() -> search(controllers, full)));
  }

  @Override
  public boolean contains(String namespace) {
    // nothing is cached of any other
    return true;
  }

  @Override
  public int watches() {
    return 0;
  }

  @Override
  public Optional<String> notReady() {
    return readable().isEmpty()
        ? Optional.of("no rights in any of the namespaces " + missing() + ": do they exist?")
        : Optional.empty();
  }

  private void search(Collection<Controller<?>> controllers, BooleanSupplier full) {
    try {
      while (!missing().isEmpty()) {
        Thread.sleep(ASK_AGAIN);
        if (ask()) {
          log.atInfo().addKeyValue("namespaces", readable()).log("these namespaces are watched");
          controllers.forEach(it -> it.changeNamespaces(readable()));
          if (!full.getAsBoolean()) {
            throw new OperatorException("a cache of the namespaces that were added is not full");
          }
        }
      }
    } catch (InterruptedException e) {
      // the operator stops
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // what a cache that is not full would hold must not look deleted
      onLost.accept(e);
    }
  }

  /** Whether a namespace can be read that could not be read before. */
  private synchronized boolean ask() {
    var found = missing.stream().filter(this::mayRead).toList();
    found.forEach(missing::remove);
    return readable.addAll(found);
  }

  /** Whether all roles hold there: one kind of each is asked for. */
  private boolean mayRead(String namespace) {
    var one = new ListOptionsBuilder().withLimit(1L).build();
    try {
      client.resources(Warehouse.class).inNamespace(namespace).list(one);
      client.batch().v1().jobs().inNamespace(namespace).list(one);
      client.pods().inNamespace(namespace).list(one);
      return true;
    } catch (KubernetesClientException e) {
      log.atDebug().addKeyValue("namespace", namespace).setCause(e).log("cannot be read");
      return false;
    }
  }

  private synchronized Set<String> readable() {
    return Set.copyOf(readable);
  }

  private synchronized Set<String> missing() {
    return new TreeSet<>(missing);
  }

  @Override
  public void close() {
    search.ifPresent(Thread::interrupt);
  }
}
