package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ConfigTest {

  @Test
  void onlyTheImageIsRequired() {
    var config = Config.from(Map.of("NARU_WORKER_IMAGE", "w:1"));
    assertThat(config.leaderElection()).isTrue();
    assertThat(config.watch()).isEqualTo(new Watch.Everywhere());
    assertThat(config.workloadTemplate()).isEmpty();
    assertThatThrownBy(() -> Config.from(Map.of()))
        .hasMessageContaining("NARU_WORKER_IMAGE is not set");
  }

  @Test
  void namespacesAreWatchedByNameOrByLabelButNotByBoth() {
    assertThat(with("NARU_WATCH_NAMESPACES", " b, a,").watch())
        .isEqualTo(new Watch.Listed(List.of("a", "b")))
        .hasToString("a,b");
    assertThat(with("NARU_WATCH_NAMESPACE_SELECTOR", "naru.dev/watch=true").watch())
        .isEqualTo(new Watch.Labelled("naru.dev/watch=true"));
    assertThatThrownBy(
            () ->
                Config.from(
                    Map.of(
                        "NARU_WORKER_IMAGE",
                        "w:1",
                        "NARU_WATCH_NAMESPACES",
                        "a",
                        "NARU_WATCH_NAMESPACE_SELECTOR",
                        "team")))
        .hasMessage(
            "NARU_WATCH_NAMESPACES=a and NARU_WATCH_NAMESPACE_SELECTOR=team: write one of them,"
                + " namespaces are watched by name or by label");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "team",
        "!team",
        "naru.dev/watch=true",
        "a==b,c!=d",
        "team in (rental,billing),kubernetes.io/metadata.name notin (kube-system, default)"
      })
  void everySelectorThatKubernetesTakesIsTaken(String selector) {
    assertThat(with("NARU_WATCH_NAMESPACE_SELECTOR", selector).watch())
        .isEqualTo(new Watch.Labelled(selector));
  }

  @Test
  void aValueThatIsNotAllowedIsRefusedWithWhatIs() {
    refuses("NARU_LEADER_ELECTION", "yes", "write true or false");
    refuses("NARU_HTTP_PORT", "http", "whole number from 0 to 65535");
    refuses("NARU_RECONCILE_THREADS", "0", "from 1 to 100");
    refuses("NARU_WORKER_IMAGE_PULL_POLICY", "Sometimes", "Always, IfNotPresent, Never");
    refuses("NARU_WATCH_NAMESPACE_SELECTOR", "team=a b", "write for instance naru.dev/watch=true");
    refuses("NARU_WATCH_NAMESPACE_SELECTOR", "team in rental", "no label selector");
    refuses("NARU_LOG_FORMAT", "xml", "text, json");
    refuses("NARU_LOG_LEVEL", "LOUD", "TRACE, DEBUG, INFO");
  }

  @Test
  void aKeyThatLooksLikeOursAndIsNotIsReported() {
    assertThat(Config.unknownKeys(List.of("PATH", "NARU_HTTP_PORT", "NARU_HTTP_PROT")))
        .containsExactly("NARU_HTTP_PROT");
  }

  private static Config with(String key, String value) {
    return Config.from(Map.of("NARU_WORKER_IMAGE", "w:1", key, value));
  }

  private static void refuses(String key, String value, String allowed) {
    assertThatThrownBy(() -> with(key, value))
        .hasMessageStartingWith(key + "=" + value)
        .hasMessageContaining(allowed);
  }
}
