package dev.naru.operator.runtime;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** The API server's lease, with its optimistic concurrency and its bad days. */
final class FakeLeases implements LeaseStore {

  /** What goes wrong with the next requests. */
  enum Fault {
    NONE,
    NO_ANSWER,
    ANSWER_LOST
  }

  Fault fault = Fault.NONE;
  int requests;
  private Optional<Lease> stored = Optional.empty();
  private long version;

  @Override
  public Optional<Lease> read() {
    arrives();
    return answered(stored);
  }

  @Override
  public Lease create(Lease lease) {
    arrives();
    if (stored.isPresent()) {
      throw new KubernetesClientException("already exists", 409, null);
    }
    return answered(store(lease));
  }

  @Override
  public Lease update(Lease lease) {
    arrives();
    if (stored.isEmpty()) {
      throw new KubernetesClientException("not found", 404, null);
    }
    if (!version().equals(lease.getMetadata().getResourceVersion())) {
      throw new KubernetesClientException("conflict", 409, null);
    }
    return answered(store(lease));
  }

  /** Somebody else writes, asking nobody. */
  void overwrite(String holder) {
    store(
        new LeaseBuilder(stored.orElseThrow())
            .editSpec()
            .withHolderIdentity(holder)
            .endSpec()
            .build());
  }

  void delete() {
    stored = Optional.empty();
  }

  String holder() {
    return stored.orElseThrow().getSpec().getHolderIdentity();
  }

  Lease lease() {
    return stored.orElseThrow();
  }

  private Lease store(Lease lease) {
    version++;
    var written =
        new LeaseBuilder(lease).editMetadata().withResourceVersion(version()).endMetadata().build();
    stored = Optional.of(written);
    return written;
  }

  private String version() {
    return Long.toString(version);
  }

  private void arrives() {
    requests++;
    if (fault == Fault.NO_ANSWER) {
      throw new KubernetesClientException("no answer");
    }
  }

  private <T> T answered(T answer) {
    if (fault == Fault.ANSWER_LOST) {
      throw new KubernetesClientException("answer lost");
    }
    return answer;
  }
}
