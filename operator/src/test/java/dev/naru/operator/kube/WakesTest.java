package dev.naru.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.IngestionJob;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

final class WakesTest {

  @Test
  void ourOwnStatusWriteDoesNotWake() {
    assertThat(wakes(it -> it.withResourceVersion("2"))).isFalse();
  }

  @Test
  void aNewSpecWakes() {
    assertThat(wakes(it -> it.withGeneration(4L))).isTrue();
  }

  @Test
  void anObjectCreatedAnewWhileTheWatchWasDownWakesThoughItsGenerationFell() {
    assertThat(wakes(it -> it.withUid("other").withGeneration(1L))).isTrue();
    assertThat(wakes(it -> it.withUid("other"))).isTrue();
  }

  @Test
  void everyRequestWakes() throws IllegalAccessException {
    var requests = new ArrayList<String>();
    for (var constant : Annotations.class.getFields()) {
      if (constant.getName().endsWith("_REQUESTED_AT")) {
        requests.add((String) constant.get(null));
      }
    }
    assertThat(requests).contains(Annotations.RUN_REQUESTED_AT, Annotations.HOLD_REQUESTED_AT);
    for (var key : requests) {
      assertThat(wakes(it -> it.withAnnotations(Map.of(key, "now")))).as(key).isTrue();
    }
  }

  @Test
  void anotherAnnotationDoesNotWake() {
    assertThat(wakes(it -> it.withAnnotations(Map.of("team", "pricing")))).isFalse();
  }

  @Test
  void deletionAndFinalizersWake() {
    assertThat(wakes(it -> it.withDeletionTimestamp("2026-01-01T00:00:00Z"))).isTrue();
    assertThat(wakes(it -> it.withFinalizers("f"))).isTrue();
  }

  private static boolean wakes(UnaryOperator<ObjectMetaBuilder> change) {
    return Wakes.onUpdate(job(change), job(it -> it));
  }

  private static IngestionJob job(UnaryOperator<ObjectMetaBuilder> change) {
    var job = new IngestionJob();
    job.setMetadata(
        change
            .apply(
                new ObjectMetaBuilder()
                    .withName("x")
                    .withUid("uid")
                    .withGeneration(3L)
                    .withResourceVersion("1"))
            .build());
    return job;
  }
}
