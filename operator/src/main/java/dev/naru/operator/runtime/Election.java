package dev.naru.operator.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.Optional;

/**
 * One replica's side of the leader election, in the protocol of Kubernetes' own components: every
 * change of the lease carries the version it was decided on, and a lease counts as expired when
 * <em>this</em> process has seen no change of it for its duration. Wall clocks are written, never
 * compared. Not thread-safe.
 */
final class Election {

  /** Without a renewal for this long, another replica may take over. */
  static final Duration LEASE = Duration.ofSeconds(15);

  private final LeaseStore store;
  private final String namespace;
  private final String name;
  private final String identity;
  private final Stopwatch stopwatch;
  private Optional<Seen> seen = Optional.empty();

  /** The lease as it was last seen, and when that state was seen first. */
  private record Seen(Lease lease, Stopwatch.Moment since) {}

  /** What one attempt has found out. */
  sealed interface Round {

    /**
     * The lease is ours.
     *
     * @param sent when the request that made it so was sent
     */
    record Ours(Stopwatch.Moment sent) implements Round {}

    /** Somebody else holds it, or won the race for it. */
    record Theirs(String holder) implements Round {}

    /** There was no usable answer. */
    record Unknown(String why) implements Round {}
  }

  Election(LeaseStore store, String namespace, String name, String identity, Stopwatch stopwatch) {
    this.store = store;
    this.namespace = namespace;
    this.name = name;
    this.identity = identity;
    this.stopwatch = stopwatch;
  }

  /** Renews the lease, or tries to get it. */
  Round attempt() {
    var sent = stopwatch.now();
    try {
      if (held().isPresent()) {
        try {
          return write(store.update(taken(held().get())), sent);
        } catch (KubernetesClientException e) {
          if (!changed(e)) {
            throw e;
          }
          // somebody wrote to it or deleted it: look who has it now
        }
      }
      return acquire();
    } catch (KubernetesClientException e) {
      return changed(e)
          ? new Round.Theirs("another replica, which was faster")
          : new Round.Unknown(cause(e));
    }
  }

  /** Gives the lease back when it is ours, so that the next leader need not wait it out. */
  void release() {
    held()
        .ifPresent(
            lease -> {
              try {
                store.update(
                    new LeaseBuilder(lease)
                        .editSpec()
                        .withHolderIdentity("")
                        .withLeaseDurationSeconds(1)
                        .endSpec()
                        .build());
              } catch (KubernetesClientException e) {
                if (!changed(e)) {
                  throw e;
                }
                // it is ours no more, which is what was wanted
              }
              seen = Optional.empty();
            });
  }

  private Round acquire() {
    var found = store.read().map(Election::whole);
    var sent = stopwatch.now();
    found.ifPresent(this::observe);
    // a lease that somebody deleted is still the leader's, who makes it again at its next renewal
    var holder = seen.flatMap(it -> holder(it.lease())).filter(it -> !it.equals(identity));
    if (holder.isPresent() && !expired()) {
      return new Round.Theirs(holder.get());
    }
    if (found.isEmpty()) {
      return write(store.create(taken(blank())), sent);
    }
    return write(store.update(taken(found.get())), sent);
  }

  /** Anybody may have written a lease without content. */
  private static Lease whole(Lease lease) {
    return lease.getSpec() != null
        ? lease
        : new LeaseBuilder(lease).withSpec(new LeaseSpec()).build();
  }

  private Round write(Lease written, Stopwatch.Moment sent) {
    seen = Optional.of(new Seen(written, sent));
    return new Round.Ours(sent);
  }

  private void observe(Lease lease) {
    if (seen.filter(it -> Objects.equals(it.lease().getSpec(), lease.getSpec())).isEmpty()) {
      seen = Optional.of(new Seen(lease, stopwatch.now()));
    }
  }

  private boolean expired() {
    var last = seen.orElseThrow();
    var seconds = last.lease().getSpec().getLeaseDurationSeconds();
    var duration = seconds == null ? LEASE : Duration.ofSeconds(seconds);
    return stopwatch.since(last.since()).compareTo(duration) > 0;
  }

  private Optional<Lease> held() {
    return seen.map(Seen::lease).filter(it -> holder(it).filter(identity::equals).isPresent());
  }

  private Lease blank() {
    return new LeaseBuilder()
        .withNewMetadata()
        .withNamespace(namespace)
        .withName(name)
        .endMetadata()
        .withSpec(new LeaseSpec())
        .build();
  }

  private Lease taken(Lease lease) {
    var now = ZonedDateTime.ofInstant(stopwatch.clock().instant(), ZoneOffset.UTC);
    var spec = lease.getSpec();
    var mine = holder(lease).filter(identity::equals).isPresent();
    var transitions = spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions();
    return new LeaseBuilder(lease)
        .editSpec()
        .withHolderIdentity(identity)
        .withLeaseDurationSeconds((int) LEASE.toSeconds())
        .withAcquireTime(mine && spec.getAcquireTime() != null ? spec.getAcquireTime() : now)
        .withRenewTime(now)
        .withLeaseTransitions(mine ? transitions : transitions + 1)
        .endSpec()
        .build();
  }

  private static Optional<String> holder(Lease lease) {
    return Optional.ofNullable(lease.getSpec().getHolderIdentity()).filter(it -> !it.isBlank());
  }

  /** The client says which operation failed, and only its innermost cause why. */
  static String cause(Throwable failure) {
    var cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  private static boolean changed(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT
        || e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }
}
