package dev.naru.bigquery;

import com.google.api.client.http.HttpRequestInitializer;
import com.google.api.client.http.HttpTransport;
import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.bigquery.Bigquery;
import com.google.api.services.storage.Storage;
import com.google.auth.http.HttpCredentialsAdapter;
import com.google.auth.oauth2.GoogleCredentials;
import com.google.auth.oauth2.ImpersonatedCredentials;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One warehouse, reached as its impersonated account, or anonymously at local endpoints. */
public final class WarehouseSession implements AutoCloseable {

  private static final String APPLICATION = "naru";
  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private final HttpTransport transport;
  private final Warehouse warehouse;
  private final Clock clock;
  private final Tables tables;
  private final Resources resources;
  private final Query query;
  private final JobRunner jobs;
  private final StagingBucket bucket;

  private WarehouseSession(
      HttpTransport transport,
      Warehouse warehouse,
      Map<String, String> labels,
      Patience patience,
      CallObserver observer,
      Owner.Kind resource,
      HttpRequestInitializer initializer) {
    this.transport = transport;
    this.warehouse = warehouse;
    this.clock = patience.clock();
    var json = GsonFactory.getDefaultInstance();
    var bigquery =
        new Bigquery.Builder(transport, json, initializer).setApplicationName(APPLICATION);
    var storage = new Storage.Builder(transport, json, initializer).setApplicationName(APPLICATION);
    warehouse
        .localEndpoints()
        .ifPresent(
            local -> {
              bigquery.setRootUrl(local.bigQuery() + "/");
              storage.setRootUrl(local.storage() + "/");
            });
    var calls = new Calls(patience, observer);
    var client = bigquery.build();
    var texts = new FailureTexts(warehouse, resource);
    this.resources = new Resources(client, calls, texts);
    this.tables = new Tables(resources, warehouse);
    this.query = new Query(client, calls, warehouse, labels, texts);
    this.jobs = new JobRunner(client, calls, warehouse, labels, texts);
    this.bucket = new StagingBucket(storage.build(), calls, warehouse, texts);
  }

  /** Where the pod's own identity comes from. */
  @FunctionalInterface
  interface Identity {
    GoogleCredentials get() throws IOException;
  }

  /**
   * Opens a session; no request is sent yet.
   *
   * @param labels put on every job
   * @throws ActionNeededFailure when there is no identity to impersonate from
   */
  public static WarehouseSession open(
      Warehouse warehouse, Map<String, String> labels, Patience patience) {
    return open(warehouse, labels, patience, CallObserver.NONE);
  }

  /** As {@link #open(Warehouse, Map, Patience)}, with an observer of every request. */
  public static WarehouseSession open(
      Warehouse warehouse, Map<String, String> labels, Patience patience, CallObserver observer) {
    return open(warehouse, labels, patience, observer, Owner.Kind.INGESTION_JOB);
  }

  /**
   * As {@link #open(Warehouse, Map, Patience)}, for one kind of resource.
   *
   * @param resource whose fields the messages of failures name
   */
  public static WarehouseSession open(
      Warehouse warehouse,
      Map<String, String> labels,
      Patience patience,
      CallObserver observer,
      Owner.Kind resource) {
    return open(
        warehouse,
        labels,
        patience,
        observer,
        resource,
        Duration.ofSeconds(60),
        GoogleCredentials::getApplicationDefault,
        new NetHttpTransport());
  }

  /** As {@link #open(Warehouse, Map, Patience)}, with how long one answer may take. */
  static WarehouseSession open(
      Warehouse warehouse,
      Map<String, String> labels,
      Patience patience,
      CallObserver observer,
      Owner.Kind resource,
      Duration answerTimeout,
      Identity identity,
      HttpTransport transport) {
    var credentials = credentials(warehouse, identity, transport);
    return new WarehouseSession(
        transport,
        warehouse,
        labels,
        patience,
        observer,
        resource,
        request -> {
          credentials.initialize(request);
          request
              .setConnectTimeout(Math.toIntExact(CONNECT_TIMEOUT.toMillis()))
              .setReadTimeout(Math.toIntExact(answerTimeout.toMillis()));
        });
  }

  /** A local endpoint gets no credential whatever the pod carries: it may be anybody's. */
  private static HttpRequestInitializer credentials(
      Warehouse warehouse, Identity identity, HttpTransport transport) {
    if (warehouse.localEndpoints().isPresent()) {
      return request -> {};
    }
    try {
      var own = identity.get().createScoped(SCOPE);
      return new HttpCredentialsAdapter(
          warehouse
              .impersonateServiceAccount()
              .<GoogleCredentials>map(
                  account ->
                      ImpersonatedCredentials.create(
                          own, account, null, List.of(SCOPE), 3600, () -> transport))
              .orElse(own));
    } catch (IOException e) {
      throw new ActionNeededFailure(
          WarehouseReason.WAREHOUSE_AUTHENTICATION_FAILED,
          "The pod has no Google identity: %s. Bind its service account to one (Workload Identity), or set spec.bigQuery.localEndpoints of the Warehouse for a local stand-in."
              .formatted(e.getMessage()),
          e);
    }
  }

  /** Where this session writes. */
  public Warehouse warehouse() {
    return warehouse;
  }

  /** The clock of whoever opened it. */
  public Clock clock() {
    return clock;
  }

  /** Datasets and tables. */
  public Tables tables() {
    return tables;
  }

  /** Datasets, tables and row access policies as the API has them. */
  public Resources resources() {
    return resources;
  }

  /** Statements. */
  public Query query() {
    return query;
  }

  /** Jobs with ids of ours. */
  public JobRunner jobs() {
    return jobs;
  }

  /** Staged files. */
  public StagingBucket bucket() {
    return bucket;
  }

  /** The ledger of a destination dataset. */
  public Ledger ledger(String dataset) {
    var table = new TableId(warehouse.project(), warehouse.opsDataset(), "runs_" + dataset);
    return new Ledger(table, tables, query, jobs);
  }

  /** The table that a run file fills. */
  public Target target(RunFile run) {
    var to = run.destination();
    return new Target(
        new TableId(warehouse.project(), to.dataset(), to.table()),
        Owner.ingestionJob(run.job().namespace(), run.job().name()),
        to.adopt(),
        Layout.of(to),
        run.schemaPolicy().newColumns(),
        tables,
        query,
        jobs);
  }

  @Override
  public void close() {
    try {
      transport.shutdown();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("closing connections to Google failed", e);
    }
  }
}
