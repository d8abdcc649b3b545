package dev.naru.operator.runtime;

import static dev.naru.operator.rights.Purpose.NAMESPACES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.processing.Controller;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The namespaces that carry the labels. All namespaces are cached, by one watch for each kind, and
 * {@link NamespaceFilter} keeps reconciles out of those without the labels: a watch for each
 * namespace and kind would be hundreds, and caches that are torn down and filled again would be
 * half empty to the reconciles between.
 */
final class LabelledNamespaces implements Coverage, ResourceEventHandler<Namespace> {

  static final List<Right> RIGHTS =
      List.of(
          Right.on("", "namespaces", NAMESPACES, "which carry the watched labels", LIST, WATCH));

  private static final Logger log = LoggerFactory.getLogger(LabelledNamespaces.class);
  private static final Duration FILLED_WITHIN = Duration.ofMinutes(2);

  private final String selector;
  private final SharedIndexInformer<Namespace> informer;

  /** Came before there were controllers to tell. */
  private final Set<String> early = new HashSet<>();

  private Collection<Controller<?>> controllers = List.of();

  LabelledNamespaces(KubernetesClient client, String selector, Consumer<Throwable> onLost) {
    this.selector = selector;
    this.informer = client.namespaces().withLabelSelector(selector).runnableInformer(0);
    // asked again, whatever the answer: the time that begin() gives ends it
    informer.exceptionHandler((_, _) -> true);
    informer.addEventHandler(this);
    informer
        .stopped()
        .whenComplete(
            (_, cause) -> {
              if (cause != null) {
                onLost.accept(cause);
              }
            });
  }

  @Override
  public Set<String> begin() throws InterruptedException {
    try {
      informer.start().toCompletableFuture().get(FILLED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new OperatorException(
          "the namespaces with labels %s cannot be listed: may the operator list and watch namespaces?"
              .formatted(selector),
          e);
    }
    return Set.of();
  }

  @Override
  public synchronized void follow(Collection<Controller<?>> started, Health health) {
    controllers = started;
    early.forEach(this::wake);
    early.clear();
  }

  @Override
  public boolean contains(String namespace) {
    return informer.getStore().getByKey(namespace) != null;
  }

  @Override
  public int watches() {
    return 1;
  }

  @Override
  public int unwatched() {
    return 0;
  }

  @Override
  public Optional<String> notReady() {
    return informer.hasSynced() && informer.isRunning()
        ? Optional.empty()
        : Optional.of("it is not known which namespaces have the labels " + selector);
  }

  @Override
  public synchronized void onAdd(Namespace namespace) {
    var name = namespace.getMetadata().getName();
    log.atInfo()
        .addKeyValue("namespace", name)
        .addKeyValue("selector", selector)
        .log("the namespace is watched");
    if (controllers.isEmpty()) {
      early.add(name);
    } else {
      wake(name);
    }
  }

  @Override
  public void onUpdate(Namespace before, Namespace now) {
    // it was selected and still is
  }

  @Override
  public void onDelete(Namespace namespace, boolean finalStateUnknown) {
    log.atInfo()
        .addKeyValue("namespace", namespace.getMetadata().getName())
        .addKeyValue("selector", selector)
        .log("the namespace is watched no longer; what was made there stays");
  }

  /** Reconciles every resource of a namespace: their own events were passed over. */
  private void wake(String namespace) {
    for (var controller : controllers) {
      controller
          .getEventSourceManager()
          .getControllerEventSource()
          .list(namespace, _ -> true)
          .forEach(
              it ->
                  controller
                      .getEventProcessor()
                      .handleEvent(new Event(ResourceID.fromResource(it))));
    }
  }

  @Override
  public void close() {
    informer.close();
  }
}
