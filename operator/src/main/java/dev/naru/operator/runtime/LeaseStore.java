package dev.naru.operator.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/**
 * Where the lease is kept.
 *
 * <p>Every method throws a {@link KubernetesClientException}; code 409 means that somebody else
 * wrote first, 404 that the lease is gone, 0 that there was no answer.
 */
interface LeaseStore {

  Optional<Lease> read();

  Lease create(Lease lease);

  /** Replaces exactly the version that the lease carries. */
  Lease update(Lease lease);

  /** The API server. */
  static LeaseStore of(KubernetesClient client, String namespace, String name) {
    return new LeaseStore() {
      @Override
      public Optional<Lease> read() {
        return Optional.ofNullable(client.leases().inNamespace(namespace).withName(name).get());
      }

      @Override
      public Lease create(Lease lease) {
        return client.resource(lease).create();
      }

      @Override
      public Lease update(Lease lease) {
        return client.resource(lease).update();
      }
    };
  }
}
