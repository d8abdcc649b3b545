package dev.naru.operator.runtime;

import dev.naru.crds.v1alpha1.Warehouse;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.processing.Controller;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The listed namespaces, each with caches of its own, for the operator has rights nowhere else. One
 * that does not exist has no Role either, and an informer that is refused would end the process:
 * such a namespace is left out and asked about again, so that it does not keep the operator from
 * the others. One that is deleted while the operator runs is left out in the same way.
 */
final class ListedNamespaces implements Coverage {

  private static final Logger log = LoggerFactory.getLogger(ListedNamespaces.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(10);

  private final KubernetesClient client;
  private final Consumer<Throwable> onLost;

  /** Those that are reconciled. */
  private final Set<String> readable = new TreeSet<>();

  /** Those whose caches are about to go; reconciles under way in them may end first. */
  private final Set<String> leaving = new TreeSet<>();

  /** All others. */
  private final Set<String> missing;

  private volatile Optional<Thread> rounds = Optional.empty();

  ListedNamespaces(KubernetesClient client, Set<String> listed, Consumer<Throwable> onLost) {
    this.client = client;
    this.missing = new TreeSet<>(listed);
    this.onLost = onLost;
  }

  @Override
  public Set<String> begin() throws InterruptedException {
    come();
    if (unwatched() > 0) {
      log.atWarn()
          .addKeyValue("namespaces", missing())
          .log(
              "not watched: these namespaces do not exist, or the operator's Roles there are"
                  + " missing");
    }
    while (readable().isEmpty()) {
      Thread.sleep(ASK_AGAIN);
      come();
    }
    return readable();
  }

  @Override
  public void follow(Collection<Controller<?>> controllers, Health health) {
    rounds =
        Optional.of(
            Thread.ofVirtual().name("listed-namespaces").start(() -> follow(health, controllers)));
  }

  @Override
  public synchronized boolean contains(String namespace) {
    // nothing is cached of one that was never readable
    return !leaving.contains(namespace) && !missing.contains(namespace);
  }

  @Override
  public int watches() {
    return 0;
  }

  @Override
  public synchronized int unwatched() {
    return missing.size() + leaving.size();
  }

  @Override
  public Optional<String> notReady() {
    return readable().isEmpty()
        ? Optional.of("no rights in any of the namespaces " + missing() + ": do they exist?")
        : Optional.empty();
  }

  private void follow(Health health, Collection<Controller<?>> controllers) {
    try {
      while (true) {
        Thread.sleep(ASK_AGAIN);
        round(health, controllers);
      }
    } catch (InterruptedException e) {
      // the operator stops
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // what a cache that is not full would hold must not look deleted
      onLost.accept(e);
    }
  }

  private void round(Health health, Collection<Controller<?>> controllers) {
    var came = come();
    var gone = gone();
    if (came) {
      log.atInfo().addKeyValue("namespaces", readable()).log("these namespaces are watched");
    }
    if (came || gone) {
      controllers.forEach(it -> it.changeNamespaces(readable()));
    }
    if (came && !health.emptyCaches().isEmpty()) {
      throw new OperatorException("a cache of the namespaces that were added is not full");
    }
    // a namespace that is there keeps its watches open, and nobody has to ask
    if (health.notReady().isPresent()) {
      leave();
    }
  }

  /** Whether a namespace can be read that could not be read before. */
  private boolean come() {
    var found = missing().stream().filter(it -> ask(it) == Answer.READABLE).toList();
    synchronized (this) {
      missing.removeAll(found);
      return readable.addAll(found);
    }
  }

  /** Takes namespaces out that are refused now; not the last ones, whose caches would be all. */
  private void leave() {
    var refused = readable().stream().filter(it -> ask(it) == Answer.REFUSED).toList();
    if (refused.isEmpty() || refused.size() == readable().size()) {
      return;
    }
    log.atWarn()
        .addKeyValue("namespaces", refused)
        .log(
            "no longer watched: these namespaces were deleted, or the operator's Roles there; they"
                + " are asked for again");
    synchronized (this) {
      readable.removeAll(refused);
      leaving.addAll(refused);
    }
  }

  /** Whether caches have to go. */
  private synchronized boolean gone() {
    var some = missing.addAll(leaving);
    leaving.clear();
    return some;
  }

  private enum Answer {
    READABLE,
    REFUSED,
    UNKNOWN
  }

  /** Whether all roles hold there: one kind of each is asked for. */
  private Answer ask(String namespace) {
    var one = new ListOptionsBuilder().withLimit(1L).build();
    try {
      client.resources(Warehouse.class).inNamespace(namespace).list(one);
      client.batch().v1().jobs().inNamespace(namespace).list(one);
      client.pods().inNamespace(namespace).list(one);
      return Answer.READABLE;
    } catch (KubernetesClientException e) {
      log.atDebug().addKeyValue("namespace", namespace).setCause(e).log("cannot be read");
      return e.getCode() == HttpURLConnection.HTTP_FORBIDDEN ? Answer.REFUSED : Answer.UNKNOWN;
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
    rounds.ifPresent(Thread::interrupt);
  }
}
