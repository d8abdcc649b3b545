package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.crds.v1alpha1.Backfill;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.ConnectionType;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DegradeOn;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.LoadMode;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.NewColumns;
import dev.naru.crds.v1alpha1.Warehouse;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The Java model agrees with the schemas, and lives with what newer versions write. */
class ModelTest {

  private static final int DOCUMENTS_PER_KIND = 300;

  /** A quantity may be written as a number; it is always returned as text. */
  private static final String QUANTITY_AS_TEXT =
      ".*(maxBytesBilled(?:Per(?:Query|Run|Table))?|/requests/\\w+|/limits/\\w+|/max/\\w+): (\\d+), \"\\2\"";

  private static final Map<String, Class<? extends HasMetadata>> KINDS =
      Map.of(
          "Warehouse", Warehouse.class,
          "Connection", Connection.class,
          "IngestionJob", IngestionJob.class,
          "DataMart", DataMart.class,
          "Backfill", Backfill.class,
          "ModelService", ModelService.class,
          "WorkloadTemplate", WorkloadTemplate.class);

  private final KubernetesSerialization serialization = Lenient.serialization();

  static List<Path> validDocuments() {
    return Documents.valid().toList();
  }

  @Test
  void everyDocumentTheSchemaAllowsComesBackUnchanged() {
    for (var crd : Documents.crds()) {
      var kind = crd.getSpec().getNames().getKind();
      for (var seed = 0; seed < DOCUMENTS_PER_KIND; seed++) {
        var document = (ObjectNode) new RandomDocument(seed).of(Schemas.root(crd));
        document.put("apiVersion", "naru.dev/v1alpha1").put("kind", kind);
        assertComesBack(document, kind + " of seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("validDocuments")
  void everyValidDocumentComesBackUnchanged(Path file) {
    assertComesBack(Documents.yaml(file), file.toString());
  }

  @Test
  void unknownFieldIsSkippedAndUnknownValueIsUnknown() {
    var json = JsonNodeFactory.instance;
    var replacements =
        json.objectNode()
            .put("spec.load.mode", "Append")
            .put("spec.schemaPolicy.newColumns", "Ask")
            .put("spec.source.mask", "sha");
    replacements.set("spec.degradeOn", json.arrayNode().add("Run").add("Freshness"));
    var document = Documents.valid("ingestionjob-incremental", replacements);

    var spec = read(document, IngestionJob.class).getSpec();

    assertThat(spec.load().mode()).isEqualTo(LoadMode.UNKNOWN);
    assertThat(spec.schemaPolicy().newColumns()).isEqualTo(NewColumns.UNKNOWN);
    assertThat(spec.degradeOn()).containsExactly(DegradeOn.RUN, DegradeOn.UNKNOWN);
    assertThat(spec.source().table().name()).isEqualTo("reservations");
  }

  @Test
  void unknownTypeOfConnectionIsUnknown() {
    var replacements = JsonNodeFactory.instance.objectNode().put("spec.type", "Oracle");
    var document = Documents.valid("connection-mysql", replacements);

    assertThat(read(document, Connection.class).getSpec().type()).isEqualTo(ConnectionType.UNKNOWN);
  }

  @Test
  void templateOfANewerVersionIsReadAsFarAsItIsKnown() {
    var replacements = JsonNodeFactory.instance.objectNode();
    replacements.put("spec.policy.gpu", "never").put("spec.pod.priority", 5);
    var document = Documents.valid("workloadtemplate", replacements);

    var spec = read(document, WorkloadTemplate.class).getSpec();

    assertThat(spec.isDefault()).isTrue();
    assertThat(spec.pod().labels()).containsEntry("team", "pricing");
    assertThat(spec.policy().requiredLabels()).containsExactly("team", "cost-center");
  }

  @Test
  void absentListsAndMapsAreEmpty() {
    var document = Documents.yaml(Path.of("src/test/resources/valid/ingestionjob-full.yaml"));

    var spec = read(document, IngestionJob.class).getSpec();

    assertThat(spec.primaryKey()).isEmpty();
    assertThat(spec.destination().clusterBy()).isEmpty();
    assertThat(spec.degradeOn()).isEmpty();
    assertThat(spec.schedule()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "4h, PT4H",
    "1h30m, PT1H30M",
    "90m, PT1H30M",
    "45s, PT45S",
    "1h5s, PT1H5S",
    "0s, PT0S"
  })
  void readsDurations(String text, Duration duration) {
    assertThat(Durations.parse(text)).isEqualTo(duration);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1d", "-5m", "5", "1.5h", "30m1h", "1h 30m", "1H", "10000000h"})
  void refusesOtherDurations(String text) {
    assertThatThrownBy(() -> Durations.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "'" + text + "' is no duration: write hours, minutes and seconds such as 1h30m or 45s");
  }

  private void assertComesBack(JsonNode document, String what) {
    var kind = KINDS.get(document.get("kind").asText());
    var back = serialization.convertValue(read(document, kind), JsonNode.class);
    for (var part : List.of("spec", "status")) {
      assertThat(Documents.differences(document.path(part), back.path(part)))
          .as(what)
          .allMatch(difference -> difference.matches(QUANTITY_AS_TEXT));
    }
  }

  private <T> T read(JsonNode document, Class<T> type) {
    return serialization.unmarshal(document.toString(), type);
  }
}
