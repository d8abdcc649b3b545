package dev.naru.operator.runtime;

import static dev.naru.operator.rights.Purpose.LEASE;
import static dev.naru.operator.rights.Verb.CREATE;
import static dev.naru.operator.rights.Verb.GET;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.UPDATE;

import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfiguration;
import io.javaoperatorsdk.operator.api.config.LeaderElectionConfigurationBuilder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which replica reconciles. A lost lease ends the process at once, so that no two reconcile at a
 * time; a deliberate stop gives the lease back, so that the next leader does not wait it out.
 */
final class Leadership {

  static final List<Right> RIGHTS =
      List.of(
          Right.on(
              "coordination.k8s.io",
              "leases",
              LEASE,
              "leader election: renewed by patch; JOSDK does not start without update",
              CREATE,
              GET,
              PATCH,
              UPDATE));

  private static final Logger log = LoggerFactory.getLogger(Leadership.class);

  static final String NAME = "naru-operator";

  /** Somebody must renew the lease within this time, or the election is dead. */
  private static final Duration SILENCE = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final String namespace;
  private final String identity;
  private final Runnable onLost;
  private final Clock clock;
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final AtomicBoolean leading = new AtomicBoolean();
  private Renewal lastSeen;

  private record Renewal(String renewTime, Instant seen) {}

  Leadership(KubernetesClient client, Config config, Runnable onLost, Clock clock) {
    this.client = client;
    this.namespace = config.namespace();
    this.identity = config.podName();
    this.onLost = onLost;
    this.clock = clock;
  }

  LeaderElectionConfiguration configuration() {
    return LeaderElectionConfigurationBuilder.aLeaderElectionConfiguration(NAME)
        .withLeaseNamespace(namespace)
        .withIdentity(identity)
        // JOSDK's own exit runs inside the shutdown hook and hangs there (java-operator-sdk #3383)
        .withExitOnStopLeading(false)
        .withLeaderCallbacks(
            new LeaderCallbacks(
                () -> {
                  leading.set(true);
                  log.atInfo().addKeyValue("identity", identity).log("leading");
                },
                this::lost,
                leader -> log.atInfo().addKeyValue("identity", leader).log("new leader")))
        .build();
  }

  boolean leading() {
    return leading.get();
  }

  /** From here on, losing the lease is intended. */
  void stopping() {
    stopping.set(true);
  }

  /** Gives the lease back. */
  void release() {
    var lease = lease();
    if (lease.map(it -> it.getSpec().getHolderIdentity()).filter(identity::equals).isPresent()) {
      client
          .resource(lease.get())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\": {\"resourceVersion\": \"%s\"}, \"spec\": {\"holderIdentity\": \"\"}}"
                  .formatted(lease.get().getMetadata().getResourceVersion()));
    }
  }

  /**
   * What is wrong with the election: the elector works once and can die silently after the API
   * server was away (java-operator-sdk #3147). An API server that does not answer is no reason.
   */
  synchronized Optional<String> problem() {
    Optional<Lease> lease;
    try {
      lease = lease();
    } catch (KubernetesClientException e) {
      return Optional.empty();
    }
    var renewTime = lease.map(it -> String.valueOf(it.getSpec().getRenewTime())).orElse("none");
    if (lastSeen == null || !Objects.equals(lastSeen.renewTime(), renewTime)) {
      lastSeen = new Renewal(renewTime, clock.instant());
    }
    return lastSeen.seen().plus(SILENCE).isBefore(clock.instant())
        ? Optional.of("lease " + NAME + " is renewed by nobody")
        : Optional.empty();
  }

  private void lost() {
    leading.set(false);
    if (!stopping.get()) {
      log.atError()
          .addKeyValue("identity", identity)
          .log("lease lost: ending, so that no two operators reconcile");
      onLost.run();
    }
  }

  private Optional<Lease> lease() {
    return Optional.ofNullable(client.leases().inNamespace(namespace).withName(NAME).get());
  }
}
