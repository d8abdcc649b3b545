package dev.naru.operator.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterDefaultTest {

  @Test
  void aTemplateIsReadAsTheChartWritesIt(@TempDir Path folder) throws IOException {
    var file = folder.resolve("workload-template.json");
    Files.writeString(
        file,
        """
        {"job": {"retries": 1}, "pod": {"labels": {"team": "data"}, "resources": {"requests": {"cpu": 2}}},
         "policy": {"resources": {"max": {"memory": "8Gi"}}, "requiredLabels": ["team"]}}""");
    var spec = ClusterDefault.read(Optional.of(file)).orElseThrow();
    assertThat(spec.job().retries()).isEqualTo(1);
    assertThat(spec.pod().resources().requests().get("cpu")).hasToString("2");
    assertThat(spec.policy().requiredLabels()).containsExactly("team");
    assertThat(ClusterDefault.read(Optional.empty())).isEmpty();
  }

  @Test
  void aFileThatIsNotThereStopsTheStart(@TempDir Path folder) {
    var file = folder.resolve("none.json");
    assertThatThrownBy(() -> ClusterDefault.read(Optional.of(file)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("workloadTemplate: the file " + file + " cannot be read");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'pods': {}} | pods is unknown: known there are [default, job, pod, policy]",
        "{'pod': {'label': {}}} | pod.label is unknown",
        "{'job': {'retries': 'many'}} | job.retries: Cannot deserialize value of type",
        "{'default': true} | default has no meaning here",
        "{'pod': {'resources': {'requests': {'memory': '1GB'}}}} | pod.resources.requests.memory: '1GB' is not possible: write a quantity such as 500m or 512Mi",
        "{'pod': {'resources': {'limits': {'cpu': -1}}}} | pod.resources.limits.cpu: '-1' is not possible",
        "{'pod': {'labels': {'naru.dev/name': 'x'}}} | pod.labels: the label naru.dev/name belongs to Naru",
        "{'job': {'historyLimit': 0}} | job.historyLimit: 0 is not possible: write 1 to 20",
        "{'policy': {'registries': ['x']}} | policy.registries: 'x' is no beginning of an image",
        "{'policy': | no JSON",
        "null | empty: write {}"
      })
  void anythingElseIsRefusedByField(String json, String said) {
    assertThatThrownBy(() -> ClusterDefault.parse(json.replace('\'', '"')))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(said);
  }
}
