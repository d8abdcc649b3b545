package dev.naru.operator.runtime;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.monitoring.Metrics;
import io.javaoperatorsdk.operator.api.reconciler.DeleteControl;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every reconcile passes here. While another replica leads, while the lease is in doubt, and while
 * the process stops, nothing is done: whoever leads next reconciles every resource.
 *
 * <p>When the process stops, JOSDK empties its caches while reconciles are still under way: to
 * those, every dependency would look missing, and status would say so. Hence the gate is closed
 * first.
 */
final class Gate implements Metrics {

  private static final Logger log = LoggerFactory.getLogger(Gate.class);

  private static final Duration CONFLICT_RETRY = Duration.ofSeconds(1);

  /** So often in a row a conflict is the normal case of a resource that changed meanwhile. */
  private static final int QUIET_CONFLICTS = 3;

  private final Metrics timer;
  private final Fence fence;
  private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<Subject, Integer> conflicts = new ConcurrentHashMap<>();
  private volatile boolean closing;

  private record Subject(String controller, ResourceID resource) {}

  /**
   * A gate that is open while the fence is.
   *
   * @param timer times what passes
   */
  Gate(Metrics timer, Fence fence) {
    this.timer = timer;
    this.fence = fence;
  }

  @Override
  public <T> T timeControllerExecution(ControllerExecution<T> execution) throws Exception {
    if (closing || !fence.open() || !lock.readLock().tryLock()) {
      return nothingDone(execution);
    }
    try {
      return timed(execution);
    } catch (RuntimeException e) {
      var closed = Fence.Closed.in(e).orElseThrow(() -> e);
      log.atInfo().log("reconcile broken off: {}", closed.getMessage());
      return nothingDone(execution);
    } finally {
      lock.readLock().unlock();
    }
  }

  private <T> T timed(ControllerExecution<T> execution) throws Exception {
    var subject = new Subject(execution.controllerName(), execution.resourceID());
    try {
      var result = timer.timeControllerExecution(execution);
      conflicts.remove(subject);
      return result;
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT
          && conflicts.merge(subject, 1, Integer::sum) <= QUIET_CONFLICTS) {
        log.atDebug().setCause(e).log("changed meanwhile, once more: {}", execution.resourceID());
        return again(execution);
      }
      throw e;
    }
  }

  /** Waits for the reconciles under way, then lets none through; false when they took too long. */
  boolean close(Duration patience) {
    closing = true;
    try {
      return lock.writeLock().tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What JOSDK is told when a reconcile is left out. */
  static <T> T nothingDone(ControllerExecution<T> execution) {
    return result(execution, UpdateControl.noUpdate(), DeleteControl.noFinalizerRemoval());
  }

  private static <T> T again(ControllerExecution<T> execution) {
    return result(
        execution,
        UpdateControl.noUpdate().rescheduleAfter(CONFLICT_RETRY),
        DeleteControl.noFinalizerRemoval().rescheduleAfter(CONFLICT_RETRY));
  }

  /** JOSDK names the two kinds of execution by text, and each has one type of result. */
  @SuppressWarnings("unchecked")
  private static <T> T result(
      ControllerExecution<T> execution, UpdateControl<?> reconcile, DeleteControl cleanup) {
    return (T)
        switch (execution.name()) {
          case "reconcile" -> reconcile;
          case "cleanup" -> cleanup;
          default ->
              throw new IllegalStateException("unknown kind of execution: " + execution.name());
        };
  }
}
