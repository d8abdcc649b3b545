package dev.naru.operator.runtime;

import static dev.naru.operator.rights.Purpose.LEASE;
import static dev.naru.operator.rights.Verb.CREATE;
import static dev.naru.operator.rights.Verb.GET;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.UPDATE;

import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Which replica reconciles. A leader whom somebody else has followed ends its process at once; one
 * who merely cannot reach the API server holds still behind the {@link Fence} and goes on when the
 * lease is his again. A deliberate stop gives the lease back.
 */
final class Leadership {

  static final List<Right> RIGHTS =
      List.of(
          Right.on("coordination.k8s.io", "leases", LEASE, "leader election", CREATE, GET, UPDATE),
          // Helm changes rights before pods; without this its leader would be without a lease, and
          // end, in the middle of an upgrade
          Right.on(
              "coordination.k8s.io",
              "leases",
              LEASE,
              "how 0.1.0 renews its lease until its pod is replaced",
              PATCH));

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  static final String NAME = "naru-operator";

  /** Between two attempts, and up to as much again for those who wait for the lease. */
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** A round, however slow the API server, takes much less: the loop is dead or stuck. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  /** At a stop: a round that takes longer has no answer to wait for. */
  private static final Duration LAST_ROUND = Duration.ofSeconds(3);

  private final Election election;
  private final String identity;
  private final Fence fence;
  private final Stopwatch stopwatch;
  private final Runnable onLeading;
  private final Runnable onLost;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private volatile Stopwatch.Moment lastRound;
  private volatile boolean leading;
  private boolean doubted;
  private String follows = "";
  private Thread loop;

  /**
   * Wires the election.
   *
   * @param onLeading reconciling may begin, or begin again: what was passed over meanwhile is due
   * @param onLost somebody else leads: the process has to end
   */
  Leadership(
      LeaseStore store,
      Config config,
      Fence fence,
      Stopwatch stopwatch,
      Runnable onLeading,
      Runnable onLost) {
    this.election = new Election(store, config.namespace(), NAME, config.podName(), stopwatch);
    this.identity = config.podName();
    this.fence = fence;
    this.stopwatch = stopwatch;
    this.onLeading = onLeading;
    this.onLost = onLost;
    this.lastRound = stopwatch.now();
  }

  /** Starts to ask for the lease. */
  void start() {
    lastRound = stopwatch.now();
    loop = Thread.ofPlatform().daemon().name("lease").start(this::loop);
  }

  boolean leading() {
    return leading && fence.open();
  }

  /**
   * What is wrong with the election itself; an API server that does not answer is nothing wrong.
   */
  Optional<String> problem() {
    return loop != null && stopwatch.since(lastRound).compareTo(SILENCE) > 0
        ? Optional.of("the lease is not attended to since " + SILENCE.toSeconds() + " s or more")
        : Optional.empty();
  }

  /** Ends the election and gives the lease back, if there is one. */
  void stop() {
    stopping.countDown();
    if (loop == null) {
      return;
    }
    try {
      loop.join(LAST_ROUND);
      if (loop.isAlive() || !fence.open()) {
        told(log.atInfo()).log("lease not given back: it is not surely ours");
        return;
      }
      // a reconcile that was cut off may still try to write
      fence.close();
      election.release();
      told(log.atInfo()).log("lease given back");
    } catch (KubernetesClientException e) {
      told(log.atWarn()).log("lease not given back: {}", Election.cause(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      fence.close();
      leading = false;
    }
  }

  private void loop() {
    try {
      do {
        round(election.attempt());
        lastRound = stopwatch.now();
      } while (!stopping.await(pause().toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Duration pause() {
    // those who wait for the same lease must not ask in step
    return leading
        ? RETRY
        : RETRY.plusMillis(ThreadLocalRandom.current().nextLong(RETRY.toMillis()));
  }

  private void round(Election.Round round) {
    switch (round) {
      case Election.Round.Ours ours -> ours(ours.sent());
      case Election.Round.Theirs theirs -> theirs(theirs.holder());
      case Election.Round.Unknown unknown -> unknown(unknown.why());
    }
  }

  private void ours(Stopwatch.Moment sent) {
    var closed = !fence.open();
    fence.renewed(sent);
    if (!leading) {
      told(log.atInfo()).log("leading");
    } else if (closed) {
      told(log.atInfo()).log("leading again: nobody else did meanwhile");
    }
    doubted = false;
    if (!leading || closed) {
      leading = true;
      onLeading.run();
    }
  }

  private void theirs(String holder) {
    doubted = false;
    if (!follows.equals(holder)) {
      follows = holder;
      told(log.atInfo()).addKeyValue("leader", holder).log("following");
    }
    if (leading) {
      leading = false;
      fence.close();
      stopping.countDown();
      told(log.atWarn())
          .addKeyValue("leader", holder)
          .log("lease lost: ending, so that no two operators reconcile");
      onLost.run();
    }
  }

  private void unknown(String why) {
    if (!doubted) {
      doubted = true;
      told(log.atWarn())
          .log(
              "lease unknown: without an answer for {} s nothing is reconciled; going on when the"
                  + " API server answers. It said: {}",
              Fence.TRUST.toSeconds(),
              why);
    }
  }

  private LoggingEventBuilder told(LoggingEventBuilder event) {
    return event.addKeyValue("identity", identity);
  }
}
