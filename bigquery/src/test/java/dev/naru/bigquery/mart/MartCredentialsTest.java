package dev.naru.bigquery.mart;

import static dev.naru.bigquery.mart.MartFixture.days;
import static dev.naru.bigquery.mart.MartFixture.run;
import static dev.naru.bigquery.mart.MartFixture.sql;
import static dev.naru.bigquery.mart.MartFixture.table;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.LowLevelHttpRequest;
import com.google.api.client.http.LowLevelHttpResponse;
import com.google.api.client.testing.http.MockLowLevelHttpResponse;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.GoogleCredentials;
import dev.naru.bigquery.FakeWarehouse;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.runfile.Warehouse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every request of a mart, as it goes over the wire: whose credential does it carry? */
class MartCredentialsTest {

  private static final TableId TARGET = new TableId("naru-local", "soda", "daily");
  private static final TableId CANDIDATE = new TableId("naru-local", "ops", "mart_daily_1");
  private static final TableId PREVIEW = new TableId("naru-local", "ops", "mart_daily_1_next");
  private static final Window WINDOW = days("2026-01-01", "2026-02-01");
  private static final Statement QUERY = sql("SELECT * FROM `naru-local`.`raw`.`src`");
  private static final String POD = "token-of-the-pod";

  private FakeBigQuery fake;

  @BeforeEach
  void start() {
    fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
    fake.createForeignTable("naru-local.raw.src");
  }

  @AfterEach
  void stop() {
    fake.close();
  }

  /** All that a mart ever asks for. */
  private static void everything(MartWarehouse mart, String key) {
    var table =
        MartFixture.governed(
            table(TARGET, new Materialization.Full(Optional.empty())),
            List.of(),
            List.of(new MartTable.RowPolicy("one", List.of("group:g@example.com"), "id = 1")));
    var dataset =
        new DatasetSpec(
            "soda",
            MartFixture.OWNER,
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            List.of(),
            false);
    mart.realise(dataset);
    mart.estimate(QUERY);
    var built = mart.build(run(key), table, QUERY, CANDIDATE, 1 << 30);
    mart.preview(run(key), table, CANDIDATE, WINDOW, PREVIEW);
    var checks = List.<Check>of(new Check.NotNull("id", List.of("id")));
    mart.check(run(key), table, CANDIDATE, checks, MartFixture.upTo(1 << 30));
    mart.expected(table, WINDOW, Optional.of(3L));
    mart.publishing(run(key), table, CANDIDATE, WINDOW);
    mart.change(table, built.columns());
    mart.publish(run(key), table, CANDIDATE, QUERY, WINDOW, built.seen());
    mart.realise(table);
    mart.find(TARGET);
    mart.discard(CANDIDATE);
    mart.discard(PREVIEW);
    mart.delete(TARGET, MartFixture.OWNER);
    mart.delete(dataset);
  }

  @Test
  void everyRequestCarriesTheCredentialOfTheWarehousesAccountAndNoOther() {
    for (var account : List.of("marts@data.iam.gserviceaccount.com", "other@data.example")) {
      var google = new Google(fake.url());
      try (var session = FakeWarehouse.openMart(warehouse(account), own(), google)) {
        everything(MartWarehouse.on(session), account);
      }
      var asked = google.requests.stream().filter(it -> it.isOf("bigquery")).toList();
      assertThat(asked).hasSizeGreaterThan(25);
      assertThat(asked)
          .allSatisfy(
              it -> assertThat(it.authorization()).containsExactly("Bearer token-of-" + account));
      var tokens = google.requests.stream().filter(it -> !it.isOf("bigquery")).toList();
      assertThat(tokens)
          .isNotEmpty()
          .allSatisfy(
              it -> {
                assertThat(it.uri().getHost()).isEqualTo("iamcredentials.googleapis.com");
                assertThat(it.uri().getPath())
                    .endsWith("/serviceAccounts/" + account + ":generateAccessToken");
                assertThat(it.authorization()).containsExactly("Bearer " + POD);
              });
    }
  }

  @Test
  void withALocalEndpointNoRequestCarriesAny() {
    try (var session = FakeWarehouse.openMart(fake)) {
      everything(MartWarehouse.on(session), "k");
    }
    assertThat(fake.journal())
        .hasSizeGreaterThan(25)
        .allSatisfy(
            it ->
                assertThat(it.headers())
                    .doesNotContainKeys("authorization", "x-goog-user-project", "cookie"));
  }

  private static GoogleCredentials own() {
    return GoogleCredentials.create(
        new AccessToken(POD, Date.from(Instant.now().plusSeconds(3600))));
  }

  private static Warehouse warehouse(String account) {
    return new Warehouse(
        "naru-local",
        "naru-local",
        "US",
        "gs://naru-staging",
        "ops",
        Optional.of(account),
        Optional.empty(),
        Map.of(),
        Optional.empty());
  }

  /** Answers for Google: tokens by itself, BigQuery by the fake. */
  private static final class Google extends HttpTransport {

    private final List<Request> requests = new ArrayList<>();
    private final String bigQuery;
    private final HttpClient client = HttpClient.newHttpClient();

    private Google(String bigQuery) {
      this.bigQuery = bigQuery;
    }

    private record Request(URI uri, List<String> authorization) {
      boolean isOf(String service) {
        return uri.getHost().equals(service + ".googleapis.com");
      }
    }

    @Override
    public boolean supportsMethod(String method) {
      return true;
    }

    @Override
    protected LowLevelHttpRequest buildRequest(String method, String url) {
      return new LowLevelHttpRequest() {

        private final Map<String, List<String>> headers = new LinkedHashMap<>();

        @Override
        public void addHeader(String name, String value) {
          headers
              .computeIfAbsent(name.toLowerCase(java.util.Locale.ROOT), _ -> new ArrayList<>())
              .add(value);
        }

        @Override
        public LowLevelHttpResponse execute() throws IOException {
          var uri = URI.create(url);
          requests.add(new Request(uri, headers.getOrDefault("authorization", List.of())));
          return uri.getHost().startsWith("iamcredentials") ? token(uri) : forwarded(uri);
        }

        private LowLevelHttpResponse forwarded(URI uri) throws IOException {
          var body = new ByteArrayOutputStream();
          if (getStreamingContent() != null) {
            getStreamingContent().writeTo(body);
          }
          var request =
              HttpRequest.newBuilder(URI.create(bigQuery + uri.getRawPath() + query(uri)))
                  .method(method, HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
          headers.forEach((name, values) -> request.header(name, values.getFirst()));
          if (getContentEncoding() != null) {
            request.header("content-encoding", getContentEncoding());
          }
          try {
            var answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            return new MockLowLevelHttpResponse()
                .setStatusCode(answer.statusCode())
                .setContentType("application/json")
                .setContent(answer.body());
          } catch (InterruptedException e) {
            throw new IOException(e);
          }
        }
      };
    }

    private static String query(URI uri) {
      return uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    }

    private static LowLevelHttpResponse token(URI uri) {
      var account = uri.getPath().replaceFirst(".*/serviceAccounts/(.+):.*", "$1");
      return new MockLowLevelHttpResponse()
          .setContentType("application/json")
          .setContent(
              "{\"accessToken\": \"token-of-%s\", \"expireTime\": \"2999-01-01T00:00:00Z\"}"
                  .formatted(account));
    }
  }
}
