package dev.naru.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import org.junit.jupiter.api.Test;

final class CanonicalTest {

  private static final String DESIRED =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: p, labels: {a: b}}
      spec:
        containers:
        - name: worker
          args: [run]
          env: [{name: A, value: x}]
          volumeMounts: [{name: v, mountPath: /v}]
      """;

  @Test
  void whatOthersAddIsNoDrift() {
    assertThat(
            drifted(
                """
                apiVersion: v1
                kind: Pod
                metadata: {name: p, uid: u, labels: {a: b, team: c}}
                spec:
                  restartPolicy: Always
                  containers:
                  - {name: sidecar, image: i}
                  - name: worker
                    imagePullPolicy: Always
                    args: [run]
                    env: [{name: B, value: z}, {name: A, value: x}]
                    volumeMounts: [{name: token, mountPath: /t}, {name: v, mountPath: /v}]
                """))
        .isFalse();
  }

  @Test
  void aChangedValueIsDrift() {
    assertThat(drifted(DESIRED.replace("value: x", "value: y"))).isTrue();
  }

  @Test
  void aLostElementIsDrift() {
    assertThat(drifted(DESIRED.replace("env: [{name: A, value: x}]", "env: []"))).isTrue();
  }

  @Test
  void anAtomicListIsComparedAsAWhole() {
    assertThat(drifted(DESIRED.replace("args: [run]", "args: [run, more]"))).isTrue();
  }

  @Test
  void oneMoreBackendOfARouteIsDrift() {
    var desired =
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: r}
        spec:
          rules:
          - backendRefs: [{name: a, weight: 90}, {name: b, weight: 10}]
        """;
    assertThat(routeDrifted(desired, desired)).isFalse();
    assertThat(routeDrifted(desired.replace("a, ", "a, group: '', "), desired)).isFalse();
    var more = desired.replace("10}]", "10}, {name: c, weight: 1}]");
    assertThat(routeDrifted(more, desired)).isTrue();
  }

  private static boolean routeDrifted(String actual, String desired) {
    return Canonical.drifted(
        Lenient.serialization().unmarshal(actual, HTTPRoute.class),
        Lenient.serialization().unmarshal(desired, HTTPRoute.class));
  }

  @Test
  void aLostLabelIsDrift() {
    assertThat(drifted(DESIRED.replace(", labels: {a: b}", ""))).isTrue();
  }

  @Test
  void theHashIgnoresTheOrderOfFieldsAndSeesEveryValue() {
    var other = DESIRED.replace("{name: A, value: x}", "{value: x, name: A}");
    assertThat(Canonical.hash(pod(other))).isEqualTo(Canonical.hash(pod(DESIRED)));
    assertThat(Canonical.hash(pod(DESIRED.replace("run", "walk"))))
        .isNotEqualTo(Canonical.hash(pod(DESIRED)));
  }

  private static boolean drifted(String actual) {
    return Canonical.drifted(pod(actual), pod(DESIRED));
  }

  private static HasMetadata pod(String yaml) {
    return Lenient.serialization().unmarshal(yaml, Pod.class);
  }
}
