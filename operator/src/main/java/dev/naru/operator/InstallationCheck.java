package dev.naru.operator;

import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.operator.rights.Rights;
import dev.naru.operator.runtime.Definitions;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Looks from inside the cluster whether an installed operator works; the pod of {@code helm test}
 * runs it: {@code check URL [NAMESPACE OF THE LEASE]}. It changes nothing.
 */
public final class InstallationCheck {

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);
  private static final String API = HasMetadata.getApiVersion(Warehouse.class);

  private final KubernetesClient client;
  private final Duration patience;
  private final PrintStream out;

  /**
   * A check.
   *
   * @param patience how long what does not work yet may take
   */
  public InstallationCheck(KubernetesClient client, Duration patience, PrintStream out) {
    this.client = client;
    this.patience = patience;
    this.out = out;
  }

  /** Looks and tells; 0 when everything works. */
  static int run(KubernetesClient client, List<String> arguments) {
    if (arguments.isEmpty() || arguments.size() > 2) {
      System.err.println("usage: check URL [NAMESPACE OF THE LEASE]");
      return 2;
    }
    var lease = arguments.size() == 2 ? Optional.of(arguments.get(1)) : Optional.<String>empty();
    return new InstallationCheck(client, PATIENCE, System.out)
            .works(URI.create(arguments.getFirst()), lease)
        ? 0
        : 1;
  }

  /**
   * Whether the installation works; every answer is printed.
   *
   * @param operator where the operator's Service answers
   * @param lease the namespace of the lease, where one decides
   */
  public boolean works(URI operator, Optional<String> lease) {
    var served = tell("resource definitions", this::kinds);
    var ready = tell("operator at " + operator, () -> ready(operator));
    var led = lease.map(namespace -> tell("leader", () -> leader(namespace))).orElse(true);
    return served && ready && led;
  }

  /** Repeats a look until it finds nothing wrong, or patience ends. */
  private boolean tell(String what, Supplier<Optional<String>> problem) {
    var end = Instant.now().plus(patience);
    var found = problem.get();
    while (found.isPresent() && Instant.now().isBefore(end)) {
      try {
        Thread.sleep(ASK_AGAIN);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      found = problem.get();
    }
    out.println(found.map(it -> "FAILED " + what + ": " + it).orElse("ok     " + what));
    return found.isEmpty();
  }

  private Optional<String> kinds() {
    var wanted =
        OperatorRights.ALL.rules().stream()
            .filter(rule -> API.startsWith(rule.group() + "/"))
            .map(Rights.Rule::resource)
            // asked by admission, not served
            .filter(resource -> !resource.endsWith("/finalizers"))
            .collect(Collectors.toSet());
    try {
      return Optional.of(Definitions.missing(client, wanted))
          .filter(missing -> !missing.isEmpty())
          .map(Definitions::lacking);
    } catch (KubernetesClientException e) {
      return Optional.of("the API server does not answer: " + e.getMessage());
    }
  }

  private static Optional<String> ready(URI operator) {
    try (var http = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(operator.resolve("/readyz"))
                  .timeout(Duration.ofSeconds(10))
                  .build(),
              BodyHandlers.ofString());
      return answer.statusCode() == 200
          ? Optional.empty()
          : Optional.of("it answers %d: %s".formatted(answer.statusCode(), answer.body().strip()));
    } catch (IOException e) {
      return Optional.of("no answer (%s): do its pods run?".formatted(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private Optional<String> leader(String namespace) {
    try {
      var lease = client.leases().inNamespace(namespace).withName("naru-operator").get();
      var held =
          lease != null
              && lease.getSpec().getHolderIdentity() != null
              && !lease.getSpec().getHolderIdentity().isBlank()
              && lease
                  .getSpec()
                  .getRenewTime()
                  .toInstant()
                  .isAfter(Instant.now().minus(Duration.ofMinutes(1)));
      return held
          ? Optional.empty()
          : Optional.of(
              "nobody renews lease naru-operator in namespace %s: see the log of the operator's pods"
                  .formatted(namespace));
    } catch (KubernetesClientException e) {
      return Optional.of("the lease cannot be read: " + e.getMessage());
    }
  }
}
