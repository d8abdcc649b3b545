package dev.naru.e2e;

import static dev.naru.e2e.Company.RENTAL;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Everything that Naru writes or causes to be written, as texts by place. Secrets themselves are no
 * place, and neither is the target, which is where rows belong.
 */
final class Places {

  /** Kinds in which something of a resource or a run ends up. */
  private static final String KINDS =
      "warehouses,connections,ingestionjobs,datamarts,backfills,modelservices,configmaps,cronjobs,jobs,pods,deployments,"
          + "replicasets,serviceaccounts,roles,rolebindings,leases,services";

  private static final Kubectl SYSTEM = new Kubectl("naru-system");

  private Places() {}

  /** What is there at the end. */
  static Map<String, String> now(long auditSince) {
    var places = new TreeMap<String, String>();
    places.put("operator log", String.join("\n", Operator.log()));
    places.put("worker logs", workerLogs("app.kubernetes.io/managed-by=naru"));
    places.put("API objects", objects(RENTAL) + objects(SYSTEM));
    places.put("events", yaml(RENTAL, "events") + yaml(SYSTEM, "events"));
    places.put("ledger", ledger());
    places.put(
        "BigQuery jobs",
        Http.get(
            "NARU_BIGQUERY_URL",
            "/bigquery/v2/projects/naru-local/jobs?projection=full&allUsers=true&maxResults=1000"));
    places.put("metrics", Operator.metrics());
    places.put("audit log", AuditLog.ofTheNode().text(auditSince));
    places.put("Helm release", helmRelease());
    places.put("kubelet and containerd logs", nodeLogs());
    places.put(
        "container logs on the node", files(local().resolve("logs/pods"), "rental_|naru-system_"));
    return places;
  }

  /** Logs of the worker pods with a label. */
  static String workerLogs(String selector) {
    return RENTAL.list("pods", selector).stream()
        // a pod that has not started has no log
        .filter(pod -> !pod.at("/status/phase").asText().equals("Pending"))
        .map(pod -> RENTAL.run("logs", pod.at("/metadata/name").asText()))
        .collect(Collectors.joining("\n"));
  }

  private static String objects(Kubectl kubectl) {
    return yaml(kubectl, KINDS);
  }

  private static String yaml(Kubectl kubectl, String kinds) {
    return kubectl.run("get", kinds, "--output", "yaml", "--show-managed-fields");
  }

  private static String ledger() {
    return Commands.run(
        Duration.ofMinutes(1),
        "e2e/demo/query",
        "naru-local",
        "SELECT * FROM naru_ops.runs_raw_e2e");
  }

  private static String helmRelease() {
    return SYSTEM.list("secrets", "owner=helm").stream()
        .map(secret -> secret.at("/data/release").asText())
        .map(Places::unpacked)
        .collect(Collectors.joining("\n"));
  }

  /** Kubernetes' base64 around Helm's, around gzip. */
  private static String unpacked(String release) {
    var gzip = Base64.getDecoder().decode(Base64.getDecoder().decode(release));
    try (var in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String nodeLogs() {
    return Stream.of("kubelet", "containerd", "kube-apiserver", "kube-controller-manager")
        .map(name -> read(local().resolve("logs/" + name + ".log")).orElse(""))
        .collect(Collectors.joining("\n"));
  }

  /** What runs now: command lines and environments of all processes. */
  static String processes() {
    try (var all = Files.list(Path.of("/proc"))) {
      return all.filter(it -> it.getFileName().toString().matches("[0-9]+"))
          .flatMap(it -> Stream.of(it.resolve("cmdline"), it.resolve("environ")))
          // processes end meanwhile
          .map(it -> read(it).orElse("").replace('\0', '\n'))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What pods have written on the node: termination messages and temporary files. */
  static String podFolders() {
    return files(
        local().resolve("cluster/kubelet/pods"), "/containers/|/volumes/kubernetes.io~empty-dir/");
  }

  /** Every object of the staging bucket; of Avro files the header, rows belong into the rest. */
  static String bucket() {
    var objects = new StringBuilder();
    var list = Kubectl.json(Http.get("NARU_STORAGE_URL", "/storage/v1/b/naru-staging/o"));
    for (JsonNode object : list.path("items")) {
      var name = object.path("name").asText();
      var path = "/storage/v1/b/naru-staging/o/" + Http.encoded(name) + "?alt=media";
      // files are deleted meanwhile
      Http.find("NARU_STORAGE_URL", path)
          .ifPresent(
              bytes ->
                  objects
                      .append(name)
                      .append('\n')
                      .append(name.endsWith(".avro") ? AvroHeader.of(bytes) : text(bytes))
                      .append('\n'));
    }
    return objects.toString();
  }

  /** Texts of the files below a folder whose path has a part that matches. */
  static String files(Path folder, String parts) {
    var pattern = Pattern.compile(parts);
    try (var all = Files.walk(folder)) {
      return all.filter(it -> pattern.matcher(it.toString()).find() && Files.isRegularFile(it))
          .map(it -> it + "\n" + read(it).orElse(""))
          .collect(Collectors.joining("\n"));
    } catch (IOException | UncheckedIOException e) {
      // a pod's folder was removed while it was walked: the next look sees the rest
      return "";
    }
  }

  private static Optional<String> read(Path file) {
    try {
      return Optional.of(text(Files.readAllBytes(file)));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  static Path local() {
    return Optional.ofNullable(System.getenv("NARU_LOCAL"))
        .map(Path::of)
        .orElse(Commands.ROOT.resolve(".local"));
  }
}
