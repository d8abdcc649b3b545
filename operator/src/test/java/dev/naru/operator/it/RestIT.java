package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.runfile.ProbeResult;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What must not happen: a write at rest, one odd object that stops the others. */
@ExtendWith(LogOracle.class)
final class RestIT {

  private static final String OPERATOR = "system:serviceaccount:naru-system:naru-operator";
  private static final int JOBS = 50;
  private static final Set<String> READS = Set.of("get", "list", "watch");

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Tap tap = Tap.recording();
  private String namespace;
  private TestOperator operator;

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    operator = operator();
  }

  @AfterEach
  void stop() {
    operator.close();
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void atRestNothingIsWrittenHoweverOftenEverythingIsReconciled() throws IOException {
    apply(Samples.warehouse());
    apply(Samples.connection());
    apply(Samples.standard());
    apply(Samples.nightly());
    apply(Samples.ingestionJob());
    for (var other = 1; other < JOBS; other++) {
      var job = Samples.ingestionJob();
      job.getMetadata().setName("job-" + other);
      apply(job);
    }
    Await.until(
        "a probe",
        () -> !admin.resources(Job.class).inNamespace(namespace).list().getItems().isEmpty());
    new Kubelet(admin, namespace)
        .ends(
            admin
                .resources(Job.class)
                .inNamespace(namespace)
                .list()
                .getItems()
                .getFirst()
                .getMetadata()
                .getName(),
            0,
            new ProbeResult(
                ProbeResult.API_VERSION,
                true,
                "Reachable",
                "answered",
                Optional.of("PostgreSQL 15.18"),
                Optional.of("Primary"),
                List.of()));
    Await.until("all ready", this::allReady);
    Await.until("the templates know their users", () -> usedBy("standard") == JOBS);
    assertThat(usedBy("nightly")).isZero();
    operator.close();
    var writesBefore = writes();
    for (var pass = 0; pass < 2; pass++) {
      operator = operator();
      Await.until(
          "everything reconciled",
          () ->
              operator.reconciles("Warehouse") > 0
                  && operator.reconciles("Connection") > 0
                  && operator.reconciles("WorkloadTemplate") >= 2
                  && operator.reconciles("IngestionJob") >= JOBS);
      operator.close();
    }
    operator = operator();
    assertThat(writes()).as("writes in the API server's audit log").isEqualTo(writesBefore);
    assertThat(writesBefore).as("the log is read at all").isNotEmpty();
  }

  @Test
  void anObjectOfANewerVersionDoesNotStopTheOthers() {
    var crd =
        admin.apiextensions().v1().customResourceDefinitions().withName("ingestionjobs.naru.dev");
    CustomResourceDefinition shipped = crd.get();
    var open = Lenient.serialization().clone(shipped);
    open.getSpec()
        .getVersions()
        .forEach(
            version -> {
              var schema = version.getSchema().getOpenAPIV3Schema();
              schema.setXKubernetesPreserveUnknownFields(true);
              schema.setXKubernetesValidations(List.of());
              var spec = schema.getProperties().get("spec");
              spec.setProperties(java.util.Map.of());
              spec.setRequired(List.of());
              spec.setXKubernetesValidations(List.of());
              spec.setXKubernetesPreserveUnknownFields(true);
            });
    apply(Samples.warehouse());
    apply(Samples.connection());
    try {
      replace(open);
      var yaml =
          Lenient.serialization()
              .asYaml(Samples.ingestionJob())
              .replace(
                  "name: \"reservations\"\nspec:",
                  "name: \"poison\"\nspec:\n  fromTheFuture: {a: 1}")
              .replace("mode: \"Incremental\"", "mode: \"Telepathic\"");
      Await.until(
          "the open schema counts",
          () -> {
            var poison =
                admin
                    .getKubernetesSerialization()
                    .unmarshal(
                        yaml, io.fabric8.kubernetes.api.model.GenericKubernetesResource.class);
            poison.getMetadata().setNamespace(namespace);
            try {
              admin.resource(poison).create();
              return true;
            } catch (io.fabric8.kubernetes.client.KubernetesClientException e) {
              return false;
            }
          });
    } finally {
      replace(shipped);
    }
    apply(Samples.ingestionJob());
    Await.until("the good one is ready", () -> ready(job("reservations"), "Scheduled"));
    Await.until(
        "the odd one says why",
        () ->
            job("poison").getStatus() != null && !job("poison").getStatus().conditions().isEmpty());
    assertThat(job("poison").getStatus().conditions())
        .anyMatch(it -> it.type().equals("Stalled") && it.message().contains("spec.load.mode"));
  }

  private int usedBy(String template) {
    return admin
        .resources(WorkloadTemplate.class)
        .inNamespace(namespace)
        .withName(template)
        .get()
        .getStatus()
        .usedBy()
        .count();
  }

  private boolean allReady() {
    return admin.resources(IngestionJob.class).inNamespace(namespace).list().getItems().stream()
            .allMatch(it -> ready(it, "Scheduled"))
        && admin
            .resources(dev.naru.crds.v1alpha1.Connection.class)
            .inNamespace(namespace)
            .withName("rental-db")
            .get()
            .getStatus()
            .conditions()
            .stream()
            .anyMatch(it -> it.type().equals("Ready") && it.reason().equals("Reachable"))
        && admin
            .resources(dev.naru.crds.v1alpha1.Warehouse.class)
            .inNamespace(namespace)
            .withName("main")
            .get()
            .getStatus()
            .conditions()
            .stream()
            .anyMatch(it -> it.type().equals("Ready") && it.reason().equals("Reachable"));
  }

  private static boolean ready(IngestionJob job, String reason) {
    return job.getStatus().conditions().stream()
        .anyMatch(it -> it.type().equals("Ready") && it.reason().equals(reason));
  }

  private IngestionJob job(String name) {
    return admin.resources(IngestionJob.class).inNamespace(namespace).withName(name).get();
  }

  private void apply(HasMetadata resource) {
    resource.getMetadata().setNamespace(namespace);
    admin.resource(resource).create();
  }

  private void replace(CustomResourceDefinition crd) {
    crd.getMetadata().setResourceVersion(null);
    crd.getMetadata().setManagedFields(List.of());
    admin.resource(crd).update();
  }

  /** What the operator wrote in this test's namespace, as the API server saw it. */
  private List<String> writes() throws IOException {
    var mapper = new ObjectMapper();
    try (var lines = Files.lines(ControlPlane.get().auditLog)) {
      return lines
          .filter(it -> it.contains(namespace) && it.contains(OPERATOR))
          .map(
              it -> {
                try {
                  return mapper.readTree(it);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .filter(it -> !READS.contains(it.path("verb").asText()))
          .map(RestIT::text)
          .toList();
    }
  }

  private static String text(JsonNode event) {
    return event.path("verb").asText() + " " + event.path("requestURI").asText();
  }

  private TestOperator operator() {
    return new TestOperator(
        namespace,
        tap,
        Clock.systemUTC(),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        EnumSet.allOf(Part.class));
  }
}
