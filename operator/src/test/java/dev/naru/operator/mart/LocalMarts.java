package dev.naru.operator.mart;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.LocalWarehouse;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The small mart on a local BigQuery, over five days of rows, and the jobs that it had run there.
 */
public final class LocalMarts implements Warehouses, AutoCloseable {

  private static final String DATASET = "limits_" + ProcessHandle.current().pid();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final LocalWarehouse local;
  private final WarehouseSession session;

  private LocalMarts(LocalWarehouse local) {
    this.local = local;
    this.session =
        WarehouseSession.open(
            warehouse(), Map.of(), Patience.until(Instant.now().plus(Duration.ofMinutes(10))));
  }

  /** Starts one, with its sample rows. */
  public static LocalMarts start() throws IOException {
    var marts = new LocalMarts(LocalWarehouse.start());
    List.of("raw_" + DATASET, "naru_ops").forEach(it -> marts.session.tables().ensureDataset(it));
    marts.ask(
        "CREATE OR REPLACE TABLE raw_%s.reservations AS SELECT MOD(i, 7) AS car_id, DATE_ADD(DATE '2026-01-01', INTERVAL MOD(i, 5) DAY) AS day FROM UNNEST(GENERATE_ARRAY(1, 1000)) AS i"
            .formatted(DATASET));
    return marts;
  }

  /** The small mart. */
  public static DataMart mart(String limits) {
    return Marts.mart(
        Marts.SMALL
            .replace("raw.", "raw_store.")
            .replace("store", DATASET)
            .replace("  tables:", "  %s\n  tables:".formatted(limits)));
  }

  @Override
  public MartWarehouse open(Warehouse warehouse, Owner owner, Instant deadline) {
    return MartWarehouse.open(
        warehouse(), owner.labels(), Patience.until(deadline), CallObserver.NONE);
  }

  private Warehouse warehouse() {
    var it = local.warehouse();
    return new Warehouse(
        it.project(),
        it.billingProject(),
        it.location(),
        it.stagingBucket(),
        "naru_ops",
        it.impersonateServiceAccount(),
        Optional.empty(),
        it.labels(),
        it.localEndpoints());
  }

  /** One value. */
  public String ask(String sql) {
    var rows = session.query().rows("sample", sql.replace("store.", DATASET + "."));
    return rows.isEmpty() ? "" : rows.getFirst().text(0).orElse("");
  }

  /** Jobs of runs with such a label, as BigQuery shows them. */
  public List<JsonNode> jobs(String run) {
    var jobs = new ArrayList<JsonNode>();
    for (var listed : get("?maxResults=1000&projection=full").path("jobs")) {
      var id = listed.path("jobReference").path("jobId").asText();
      if (id.startsWith("naru_")) {
        var job = get("/" + id + "?location=US");
        if (job.path("configuration").path("labels").path("naru_run").asText().contains(run)) {
          jobs.add(job);
        }
      }
    }
    return jobs;
  }

  /** What these runs were billed for, by BigQuery's own account. */
  public long billed(String run) {
    return jobs(run).stream()
        .mapToLong(it -> it.path("statistics").path("query").path("totalBytesBilled").asLong())
        .sum();
  }

  private JsonNode get(String path) {
    var url =
        local.warehouse().localEndpoints().orElseThrow().bigQuery()
            + "/bigquery/v2/projects/naru-local/jobs"
            + path;
    try (var client = HttpClient.newHttpClient()) {
      var answer =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new AssertionError(url + " answers " + answer.body());
      }
      return JSON.readTree(answer.body());
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    session.close();
    local.close();
  }
}
