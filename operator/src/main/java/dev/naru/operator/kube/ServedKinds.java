package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Kinds that a cluster may have or not, and may get or lose at any time: the API server is asked
 * once a minute for all who want to know.
 */
public final class ServedKinds {

  private static final Duration GOOD_FOR = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final Clock clock;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();

  private record Answer(Set<String> kinds, Instant at) {}

  public ServedKinds(KubernetesClient client, Clock clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * Whether the cluster had the kind a moment ago.
   *
   * @param apiVersion group and version
   */
  public boolean served(String apiVersion, String kind) {
    var now = clock.instant();
    return Optional.ofNullable(answers.get(apiVersion))
        .filter(it -> now.isBefore(it.at().plus(GOOD_FOR)))
        .orElseGet(
            () -> {
              var answer = new Answer(look(apiVersion), now);
              answers.put(apiVersion, answer);
              return answer;
            })
        .kinds()
        .contains(kind);
  }

  /** What was known is wrong: it is asked for anew. */
  public void forget(String apiVersion) {
    answers.remove(apiVersion);
  }

  private Set<String> look(String apiVersion) {
    return Optional.ofNullable(client.getApiResources(apiVersion)).stream()
        .flatMap(it -> it.getResources().stream())
        .map(APIResource::getKind)
        .collect(Collectors.toUnmodifiableSet());
  }
}
