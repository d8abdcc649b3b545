package dev.naru.crds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.IngestionJobStatus;
import dev.naru.kubetest.Commands;
import dev.naru.kubetest.ControlPlane;
import dev.naru.kubetest.WithControlPlane;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a real API server makes of the CRDs. */
@WithControlPlane
class CrdsIT {

  static List<Path> crdFiles() {
    return Documents.files(Path.of("")).toList();
  }

  static List<Path> validDocuments() {
    return Documents.valid().toList();
  }

  static List<Refusal> refusals() {
    return Refusal.all().toList();
  }

  @ParameterizedTest
  @MethodSource("crdFiles")
  void serverAcceptsAndKeepsCrdAsWritten(Path file, ControlPlane server, KubernetesClient client) {
    var name = Documents.yaml(file).at("/metadata/name").asText();
    var before = client.resources(CustomResourceDefinition.class).withName(name).get();

    server.kubectl("apply", "--server-side", "--field-manager", "naru", "-f", file.toString());

    var after = client.resources(CustomResourceDefinition.class).withName(name).get();
    assertThat(after.getMetadata().getResourceVersion())
        .as("a second apply changes nothing")
        .isEqualTo(before.getMetadata().getResourceVersion());
    assertThat(
            Documents.differences(
                Documents.yaml(file).at("/spec/versions"),
                Documents.json(after).at("/spec/versions")))
        .as("nothing is dropped and nothing is added")
        .isEmpty();
    assertThat(after.getStatus().getConditions())
        .filteredOn(condition -> condition.getType().equals("NonStructuralSchema"))
        .isEmpty();
    assertThat(
            server.kubectl(
                "diff", "--server-side", "--field-manager", "naru", "-f", file.toString()))
        .isEmpty();
  }

  @ParameterizedTest
  @MethodSource("validDocuments")
  void acceptsAndRoundTrips(Path file, ControlPlane server, KubernetesClient client) {
    var document = Documents.yaml(file);
    var namespace = server.newNamespace();

    var created = client.resource(Documents.resource(document)).inNamespace(namespace).create();

    assertThat(Documents.json(created).get("spec")).isEqualTo(document.get("spec"));
    assertThat(Documents.json(created).at("/status/observedGeneration").asInt())
        .as("not current before the first reconcile")
        .isEqualTo(-1);
    assertThat(server.kubectl("diff", "-n", namespace, "-f", file.toString())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"overlays/dev", "overlays/prod", "platform/dev", "platform/prod"})
  void acceptsSamples(String folder, ControlPlane server, KubernetesClient client) {
    var namespace = new NamespaceBuilder().withNewMetadata().withName("rental").endMetadata();
    client.resource(namespace.build()).serverSideApply();

    var said =
        server.kubectl(
            "apply",
            "--server-side",
            "--dry-run=server",
            "-k",
            Commands.script("samples/car-sharing/" + folder));

    assertThat(said).contains(".naru.dev/").doesNotContain("Warning");
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusesAndSaysWhatToWrite(Refusal refusal, KubernetesClient client) {
    var resource = Documents.resource(refusal.document());

    assertThatThrownBy(() -> client.resource(resource).inNamespace("default").dryRun().create())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining(refusal.message());
  }

  @Test
  void destinationIsFreeUntilDataExistsAndFixedAfterwards(
      ControlPlane server, KubernetesClient client) {
    var namespace = server.newNamespace();
    var file = Path.of("src/test/resources/valid/ingestionjob-full.yaml");
    var jobs = client.resources(IngestionJob.class).inNamespace(namespace);
    var job = jobs.load(file.toFile()).create();
    var name = job.getMetadata().getName();

    patch(server, namespace, name, "{\"spec\":{\"destination\":{\"table\":\"vouchers\"}}}");
    patchStatus(server, namespace, "ij", name, "{\"dataThrough\":\"2026-11-23T04:00:00Z\"}");

    assertThatThrownBy(
            () -> patch(server, namespace, name, "{\"spec\":{\"destination\":{\"table\":\"x\"}}}"))
        .hasMessageContaining(
            "spec.destination: Forbidden: spec.destination cannot change once data was loaded"
                + " (status.dataThrough is set): create another IngestionJob for the new"
                + " destination; the table of this one stays");
    patch(server, namespace, name, "{\"spec\":{\"suspend\":true}}");
    IngestionJobStatus status = jobs.withName(name).get().getStatus();
    assertThat(status.dataThrough()).isEqualTo("2026-11-23T04:00:00Z");
  }

  @Test
  void whatABackfillBuildsIsFixedOnceItHasStarted(ControlPlane server, KubernetesClient client) {
    var namespace = server.newNamespace();
    server.kubectl("apply", "-n", namespace, "-f", "src/test/resources/valid/backfill-small.yaml");
    server.kubectl(
        "patch",
        "bf",
        "small",
        "-n",
        namespace,
        "--type=merge",
        "-p",
        "{\"spec\":{\"tables\":[\"a\"]}}");
    patchStatus(server, namespace, "bf", "small", "{\"lastRun\": {\"id\": \"b-1\"}}");
    for (var change :
        List.of(
            "{\"spec\":{\"tables\":null}}",
            "{\"spec\":{\"dataMartRef\":{\"name\":\"other\"}}}",
            "{\"spec\":{\"range\":{\"to\":\"2027-01-01\"}}}",
            "{\"spec\":{\"order\":\"NewestFirst\"}}",
            "{\"spec\":{\"partitionsPerInterval\":2}}",
            "{\"spec\":{\"dryRun\":true}}")) {
      assertThatThrownBy(
              () ->
                  server.kubectl(
                      "patch", "bf", "small", "-n", namespace, "--type=merge", "-p", change))
          .as(change)
          .hasMessageContaining("cannot change once the Backfill has started");
    }
    server.kubectl(
        "patch",
        "bf",
        "small",
        "-n",
        namespace,
        "--type=merge",
        "-p",
        "{\"spec\":{\"suspend\":true,\"parallelism\":3,\"limits\":{\"maxBytesBilled\":\"1Ti\"},\"ttlAfterFinished\":\"1h\"}}");
  }

  @Test
  void columnsFitEightyCharactersAndTellWhatHappened(ControlPlane server, KubernetesClient client) {
    var namespace = server.newNamespace();
    server.kubectl("apply", "-n", namespace, "-f", "src/test/resources/valid");
    patchStatus(
        server,
        namespace,
        "ij",
        "reservations",
        """
        {"conditions": [{"type": "Ready", "status": "True", "reason": "Suspended"}],
         "dataThrough": "2026-11-23T04:00:00Z", "nextRun": "2026-11-24T04:00:00Z",
         "lastRun": {"id": "s-1", "startTime": "2026-11-23T04:00:00Z", "result": "Succeeded"},
         "lastSuccess": {"id": "s-1", "rows": 1200000}}
        """);
    patchStatus(
        server,
        namespace,
        "conn",
        "rental-db",
        """
        {"conditions": [{"type": "Ready", "status": "True", "reason": "Ready"},
                        {"type": "Reachable", "status": "False", "reason": "AuthenticationFailed"}],
         "server": {"version": "PostgreSQL 17.2"}}
        """);

    var jobs = server.kubectl("get", "ij", "reservations", "-n", namespace);
    var connections = server.kubectl("get", "conn", "-n", namespace);
    var warehouses = server.kubectl("get", "wh", "-n", namespace);
    patchStatus(
        server,
        namespace,
        "wt",
        "standard",
        """
        {"conditions": [{"type": "Ready", "status": "False", "reason": "SeveralDefaults"}],
         "usedBy": {"count": 1234, "resources": [{"kind": "IngestionJob", "name": "cars"}]}}
        """);
    var templates = server.kubectl("get", "wt", "-n", namespace);

    patchStatus(
        server,
        namespace,
        "dm",
        "soda-store",
        """
        {"conditions": [{"type": "Ready", "status": "True", "reason": "Scheduled"}], "tablesReady": "8/8",
         "lastRun": {"id": "s-1", "startTime": "2026-11-24T04:00:00Z", "result": "Succeeded", "bytes": 1200000}}
        """);
    var marts = server.kubectl("get", "dm", "soda-store", "-n", namespace);

    patchStatus(
        server,
        namespace,
        "bf",
        "soda-store-2026",
        """
        {"conditions": [{"type": "Ready", "status": "False", "reason": "IntervalsFailed"}], "progress": "3612/3650",
         "failed": 12, "lastRun": {"id": "b-1", "startTime": "2026-11-24T04:00:00Z", "result": "Failed"}}
        """);
    var backfills = server.kubectl("get", "bf", "soda-store-2026", "-n", namespace);

    patchStatus(
        server,
        namespace,
        "ms",
        "price",
        """
        {"conditions": [{"type": "Ready", "status": "True", "reason": "Serving"}], "replicas": "12/12",
         "url": "http://price.rental:8080", "revision": "3f2a9c1b"}
        """);
    var services = server.kubectl("get", "ms", "price", "-n", namespace);

    assertThat(jobs + services + connections + warehouses + templates + marts + backfills)
        .isNotEmpty()
        .satisfies(text -> assertThat(text.lines()).allMatch(line -> line.length() <= 80, text));
    assertThat(jobs)
        .containsPattern("NAME +READY +REASON +SCHEDULE +LAST +RESULT +AGE")
        .containsPattern("reservations +True +Suspended +0 4 \\* \\* \\* +\\S+ +Succeeded ");
    assertThat(marts)
        .containsPattern("NAME +READY +REASON +BUILT +SCHEDULE +LAST +RESULT +AGE")
        .containsPattern("soda-store +True +Scheduled +8/8 +30 5 \\* \\* \\* +\\S+ +Succeeded ");
    assertThat(backfills)
        .containsPattern("NAME +READY +REASON +DONE +FAILED +AGE")
        .containsPattern("soda-store-2026 +False +IntervalsFailed +3612/3650 +12 ");
    assertThat(services)
        .containsPattern("NAME +READY +REASON +URL +REVISION +REPLICAS +AGE")
        .containsPattern("price +True +Serving +http://price.rental:8080 +3f2a9c1b +12/12 ");
    assertThat(connections)
        .containsPattern("NAME +READY +REACHABLE +TYPE +SERVER +AGE")
        .containsPattern("rental-db +True +False +PostgreSQL +PostgreSQL 17.2 ");
    assertThat(warehouses)
        .containsPattern("NAME +READY +PROJECT +LOCATION +AGE")
        .containsPattern("main +socar-data +asia-northeast3 ");
    assertThat(templates)
        .containsPattern("NAME +READY +REASON +DEFAULT +USED-BY +AGE")
        .containsPattern("standard +False +SeveralDefaults +true +1234 ");
    assertThat(server.kubectl("get", "ij", "-o", "wide", "-n", namespace))
        .contains("DATA-THROUGH", "1200000", "2026-11-24T04:00:00Z", "raw_rental");
    assertThat(server.kubectl("get", "naru", "-n", namespace, "-o", "name").lines()).hasSize(14);
  }

  @Test
  void explainReadsWell(ControlPlane server) {
    var text = server.kubectl("explain", "ingestionjob.spec.load").replaceAll("\\s+", " ");

    assertThat(text)
        .contains(
            "How the target is brought up to date: everything on every run, or what changed.",
            "incremental <Object> How changes are found; with mode Incremental only",
            "mode <string> -required- enum: Full, Incremental Full: every run replaces everything.");
    assertThat(server.kubectl("explain", "workloadtemplate.spec.policy").replaceAll("\\s+", " "))
        .contains(
            "What must hold for the pod whatever its values come from.",
            "registries <[]string> Where images that users name must come from,",
            "requiredLabels <[]string> Keys of labels that the pod must have,",
            "resources <Object> How much CPU and memory a container may have");
  }

  private static void patchStatus(
      ControlPlane server, String namespace, String kind, String name, String status) {
    server.kubectl(
        "patch",
        kind,
        name,
        "-n",
        namespace,
        "--subresource=status",
        "--type=merge",
        "-p",
        "{\"status\":" + status + "}");
  }

  private static void patch(ControlPlane server, String namespace, String name, String patch) {
    server.kubectl("patch", "ij", name, "-n", namespace, "--type=merge", "-p", patch);
  }
}
