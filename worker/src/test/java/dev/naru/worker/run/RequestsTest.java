package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.fake.Call;
import dev.naru.runfile.RunFile.Mode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What one run asks of BigQuery and Cloud Storage, exactly: quotas and bill follow from it.
 * docs/sizing.md quotes these numbers and docs/install-gke.md the permissions they need.
 */
class RequestsTest {

  private static final int CHUNKS = 3;

  @ParameterizedTest
  @EnumSource(Mode.class)
  void aRunIntoAnExistingTableSendsTheseAndNoMore(Mode mode) {
    try (var ground = new Ground()) {
      ground.mode = mode;
      ground.run(0);
      ground.table.put(1, "changed");
      ground.fake.clearJournal();

      ground.run(1);

      assertThat(requests(ground))
          .containsExactlyInAnyOrderEntriesOf(
              Map.ofEntries(
                  Map.entry("tables.get", 5),
                  Map.entry("tables.insert", 1),
                  Map.entry("tables.delete", 1),
                  Map.entry("jobs.query", 3),
                  Map.entry("jobs.insert", 2),
                  // before each insert, and until it is done: the fake needs one look
                  Map.entry("jobs.get", 4),
                  // waits for the query; a load job has no result to wait for
                  Map.entry("jobs.getQueryResults", 1),
                  Map.entry("objects.get", 2),
                  Map.entry("objects.list", 2),
                  // plan, manifest, result; per chunk the begin of an upload and a receipt
                  Map.entry("objects.insert", 3 + 2 * CHUNKS),
                  // one per 8 MiB
                  Map.entry("upload", CHUNKS),
                  Map.entry("objects.delete", 2 + 2 * CHUNKS)));
    }
  }

  @Test
  void theFirstRunAlsoMakesDatasetsAndTables() {
    try (var ground = new Ground()) {
      ground.run(0);

      assertThat(requests(ground))
          .containsEntry("datasets.get", 2)
          .containsEntry("datasets.insert", 2)
          .containsEntry("tables.insert", 3);
    }
  }

  private static Map<String, Integer> requests(Ground ground) {
    return ground.fake.journal().stream()
        .collect(Collectors.toMap(RequestsTest::name, _ -> 1, Integer::sum, TreeMap::new));
  }

  private static String name(Call call) {
    var path = call.path();
    if (path.startsWith("/upload/session")) {
      return "upload";
    }
    if (path.endsWith("/queries")) {
      return "jobs.query";
    }
    if (path.contains("/queries/")) {
      return "jobs.getQueryResults";
    }
    return collection(path) + "." + verb(call.method(), path);
  }

  private static String collection(String path) {
    if (path.contains("/storage/")) {
      return "objects";
    }
    if (path.contains("/jobs")) {
      return "jobs";
    }
    return path.contains("/tables") ? "tables" : "datasets";
  }

  private static String verb(String method, String path) {
    return switch (method) {
      case "GET" -> path.endsWith("/o") ? "list" : "get";
      case "POST" -> "insert";
      case "PATCH" -> "patch";
      case "DELETE" -> "delete";
      default -> throw new AssertionError("an unexpected request: " + method + " " + path);
    };
  }
}
