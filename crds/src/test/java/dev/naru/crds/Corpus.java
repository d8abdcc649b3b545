package dev.naru.crds;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.crds.Release.Kept;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Writes documents that together hold every value of every field which a release takes: samples and
 * valid documents, changed value by value for as long as the release's own definitions on a real
 * API server accept. Later versions must accept them too. Called by {@code charts/release}.
 */
final class Corpus {

  /** More changes make fewer documents, and a refusal harder to explain. */
  private static final int CHANGES = 12;

  private static final int ATTEMPTS = 30;
  private static final int UNPROCESSABLE = 422;

  private final Release release;
  private final KubernetesClient client;

  private Corpus(Release release, KubernetesClient client) {
    this.release = release;
    this.client = client;
  }

  /**
   * Adds {@code objects/every-value-<plural>.json} to a release.
   *
   * @param arguments the folder of the release, and the kubeconfig of an empty control plane
   */
  public static void main(String[] arguments) throws IOException {
    var release = new Release(Path.of(arguments[0]));
    var config = Config.fromKubeconfig(Files.readString(Path.of(arguments[1])));
    try (var client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(new JdkHttpClientFactory())
            .build()) {
      new Corpus(release, client).write();
    }
  }

  private void write() throws IOException {
    var bases = release.objects().stream().collect(Collectors.groupingBy(Kept::kind));
    for (var crd : release.crds()) {
      client.resource(crd).create();
      client.resource(crd).waitUntilCondition(Corpus::established, 30, TimeUnit.SECONDS);
      var kind = crd.getSpec().getNames().getKind();
      var documents = documents(crd, bases.get(kind));
      var text =
          documents.stream()
              .map(ObjectNode::toString)
              .collect(
                  Collectors.joining(
                      ",\n",
                      "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n",
                      "\n]}\n"));
      Files.writeString(
          release
              .folder()
              .resolve(
                  "objects/every-value-%s.json".formatted(crd.getSpec().getNames().getPlural())),
          text);
    }
  }

  private List<ObjectNode> documents(CustomResourceDefinition crd, List<Kept> bases) {
    var kind = crd.getSpec().getNames().getKind();
    var open = new ArrayList<>(Trial.all(crd));
    Collections.shuffle(open, new Random(1));
    var count = open.size();
    var attempts = new HashMap<Trial, Integer>();
    var documents = new ArrayList<ObjectNode>();
    // each round takes values away or counts a refusal of each
    for (var round = 0; !open.isEmpty(); round++) {
      var base = renamed(bases.get(round % bases.size()).document(), documents.size());
      var document = fill(base, open, attempts);
      if (!document.equals(base)) {
        documents.add(document);
      }
      open.removeIf(trial -> attempts.getOrDefault(trial, 0) >= ATTEMPTS);
    }
    var refused =
        attempts.entrySet().stream()
            .filter(it -> it.getValue() >= ATTEMPTS)
            .map(Map.Entry::getKey)
            .toList();
    var wrong = refused.stream().filter(Trial::corner).toList();
    if (!wrong.isEmpty()) {
      throw new IllegalStateException(
          "values of corners.yaml that %s %s never takes: %s".formatted(kind, release, wrong));
    }
    System.err.printf(
        "    %s: %d documents try %d values; %d values are valid nowhere%n",
        kind, documents.size(), count - refused.size(), refused.size());
    return documents;
  }

  /** Takes from {@code open} what the document can be changed by. */
  private ObjectNode fill(ObjectNode base, List<Trial> open, Map<Trial, Integer> attempts) {
    var document = base;
    var changes = new ArrayList<Trial>();
    for (var trials = open.iterator(); trials.hasNext() && changes.size() < CHANGES; ) {
      var trial = trials.next();
      // what was tried before must stay in the document
      if (changes.stream().anyMatch(trial::overlaps)) {
        continue;
      }
      var changed = trial.on(document);
      if (accepted(changed)) {
        document = changed;
        changes.add(trial);
        trials.remove();
        attempts.remove(trial);
      } else {
        attempts.merge(trial, 1, Integer::sum);
      }
    }
    return document;
  }

  private boolean accepted(ObjectNode document) {
    try {
      client.resource(Documents.resource(document)).inNamespace("default").dryRun().create();
      return true;
    } catch (KubernetesClientException e) {
      if (e.getCode() == UNPROCESSABLE) {
        return false;
      }
      throw e;
    }
  }

  private static ObjectNode renamed(ObjectNode base, int number) {
    var document = base.deepCopy();
    document.remove("status");
    document
        .putObject("metadata")
        .put(
            "name",
            "%s-%03d".formatted(base.get("kind").asText().toLowerCase(Locale.ROOT), number));
    return document;
  }

  private static boolean established(CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Established") && it.getStatus().equals("True"));
  }
}
