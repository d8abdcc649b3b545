package dev.naru.bigquery.fake;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** Starts the fake on a free loopback port; a test looks into it and makes it fail. */
public final class FakeBigQuery implements AutoCloseable {

  /** The one bucket there is. */
  public static final String BUCKET = "naru-staging";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Store store = new Store();
  private final BigQueryApi bigQuery = new BigQueryApi(store);
  private final StorageApi storage = new StorageApi(store);
  private final List<Call> journal = new ArrayList<>();
  private final List<Rule> rules = new ArrayList<>();
  private final Duration lateness;
  private final AtomicInteger inFlight = new AtomicInteger();
  private Optional<Runnable> beforeScript = Optional.empty();
  private Interference interfered = new Interference("", new CountDownLatch(0));
  private boolean holdEqualRequests;
  private boolean dead;

  /** Strikes once, at the call that matches after {@code skip} others did. */
  private static final class Rule {
    private final Predicate<Call> calls;
    private final Fault fault;
    private int skip;

    private Rule(Predicate<Call> calls, int skip, Fault fault) {
      this.calls = calls;
      this.skip = skip;
      this.fault = fault;
    }
  }

  private FakeBigQuery(HttpServer server, Duration lateness) {
    this.server = server;
    this.lateness = lateness;
  }

  /** A fake that answers late calls after half a second. */
  public static FakeBigQuery start() {
    return start(Duration.ofMillis(500));
  }

  /**
   * A fake.
   *
   * @param lateness how much later than asked a {@link Fault#LATE} call takes effect
   */
  public static FakeBigQuery start(Duration lateness) {
    try {
      var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      var fake = new FakeBigQuery(server, lateness);
      server.setExecutor(fake.threads);
      server.createContext("/", fake::handle);
      server.start();
      return fake;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Base URL of both services, without a trailing slash. */
  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Makes one call fail: the one that matches after {@code skip} others did. */
  public void fail(Predicate<Call> calls, int skip, Fault fault) {
    synchronized (store) {
      rules.add(new Rule(calls, skip, fault));
    }
  }

  /** Makes one job end with an error: the next whose SQL matches ({@code load} for a load). */
  public void failJob(Predicate<String> sql, String reason, String message) {
    synchronized (store) {
      bigQuery.jobFaults.add(new BigQueryApi.JobFault(sql, reason, message));
    }
  }

  /** Keeps the next job whose SQL matches running until it is cancelled. */
  public void holdJob(Predicate<String> sql) {
    synchronized (store) {
      bigQuery.held.add(sql);
    }
  }

  /** Does something to the staged objects right before the next load. */
  public void beforeLoad(Consumer<Map<String, byte[]>> damage) {
    synchronized (store) {
      bigQuery.beforeLoad = () -> damage.accept(store.objects);
    }
  }

  /**
   * Does something once, before the next request that publishes is looked at. When its client loses
   * patience meanwhile and sends the same again, that waits too.
   */
  public void beforeScript(Runnable interference) {
    interfere(interference, true);
  }

  /** As {@link #beforeScript}, but an equal request of another client does not wait. */
  public void besideScript(Runnable interference) {
    interfere(interference, false);
  }

  private void interfere(Runnable interference, boolean holdEqual) {
    synchronized (store) {
      beforeScript = Optional.of(interference);
      holdEqualRequests = holdEqual;
    }
  }

  /** Waits until every request that arrived has taken its effect. */
  public void awaitQuiet() {
    var deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (inFlight.get() > 0) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(inFlight.get() + " requests never ended");
      }
      Thread.onSpinWait();
    }
  }

  /** Removes a table behind everybody's back. */
  public void dropTable(String table) {
    synchronized (store) {
      store.tables.remove(table);
    }
  }

  /** Adds a column to a table behind everybody's back. */
  public void addColumn(String table, String name) {
    synchronized (store) {
      var found = store.table(table);
      found
          .resource
          .withObject("/schema")
          .withArray("fields")
          .addObject()
          .put("name", name)
          .put("type", "STRING")
          .put("mode", "NULLABLE");
      found.etag++;
    }
  }

  /** Makes a table as it was before it had some columns. */
  public void removeColumns(String table, Set<String> names) {
    synchronized (store) {
      var found = store.table(table);
      var fields = found.resource.withObject("/schema").withArray("fields").elements();
      while (fields.hasNext()) {
        if (names.contains(fields.next().path("name").asText())) {
          fields.remove();
        }
      }
      found.rows.forEach(row -> row.keySet().removeAll(names));
      found.etag++;
    }
  }

  /** Gives a table a row access policy behind everybody's back. */
  public void addPolicy(String table, String name) {
    synchronized (store) {
      var policy = Store.JSON.createObjectNode().put("filterPredicate", "TRUE");
      policy.putObject("rowAccessPolicyReference").put("policyId", name);
      store.table(table).policies.put(name, policy);
    }
  }

  /** Names of a table's row access policies. */
  public List<String> policies(String table) {
    synchronized (store) {
      return List.copyOf(store.table(table).policies.keySet());
    }
  }

  /** Lets somebody read a table. */
  public void grant(String table, String member) {
    synchronized (store) {
      var binding =
          store.table(table).resource.withObject("/fakeAccess").putArray("bindings").addObject();
      binding.put("role", "roles/bigquery.dataViewer").putArray("members").add(member);
    }
  }

  /** Makes the next script with such a statement end with an error right after it. */
  public void stopScriptAfter(Predicate<String> statement) {
    synchronized (store) {
      bigQuery.stopAfter(statement);
    }
  }

  /** Makes a table with the columns id, name and updated_at that nobody labelled. */
  public void createForeignTable(String table) {
    var parts = table.split("\\.", -1);
    var resource = Store.JSON.createObjectNode().put("creationTime", "1");
    resource
        .putObject("tableReference")
        .put("projectId", parts[0])
        .put("datasetId", parts[1])
        .put("tableId", parts[2]);
    var fields = resource.putObject("schema").putArray("fields");
    fields.addObject().put("name", "id").put("type", "INT64").put("mode", "REQUIRED");
    fields.addObject().put("name", "name").put("type", "STRING").put("mode", "NULLABLE");
    fields.addObject().put("name", "updated_at").put("type", "TIMESTAMP").put("mode", "NULLABLE");
    synchronized (store) {
      store.datasets.put(parts[0] + "." + parts[1], Store.JSON.createObjectNode());
      store.tables.put(table, new FakeTable(resource));
    }
  }

  /** Whether the client has died: it must not go on. */
  public boolean clientDied() {
    synchronized (store) {
      return dead;
    }
  }

  /** A new client takes over. */
  public void revive() {
    synchronized (store) {
      dead = false;
      rules.clear();
    }
  }

  /** Every request so far, in order of arrival. */
  public List<Call> journal() {
    synchronized (store) {
      return List.copyOf(journal);
    }
  }

  /** Forgets the requests so far. */
  public void clearJournal() {
    synchronized (store) {
      journal.clear();
    }
  }

  /** Rows of a table by lower-case column name; empty when there is no such table. */
  public Optional<List<Map<String, Object>>> rows(String table) {
    synchronized (store) {
      return store.find(table).map(found -> List.copyOf(found.rows));
    }
  }

  /** Changes the rows of a table behind everybody's back. */
  public void replaceRows(String table, List<Map<String, Object>> rows) {
    synchronized (store) {
      store.table(table).rows = new ArrayList<>(rows);
    }
  }

  /** Names of all tables, as {@code project.dataset.table}. */
  public List<String> tables() {
    synchronized (store) {
      return List.copyOf(store.tables.keySet());
    }
  }

  /** A table's resource as JSON text. */
  public String table(String table) {
    synchronized (store) {
      return store.table(table).resource.toString();
    }
  }

  /** URIs of all objects. */
  public List<String> objects() {
    synchronized (store) {
      return List.copyOf(store.objects.keySet());
    }
  }

  /** Overwrites or, with {@code null}, removes an object. */
  public void putObject(String uri, byte[] bytes) {
    synchronized (store) {
      if (bytes == null) {
        store.objects.remove(uri);
      } else {
        store.objects.put(uri, bytes);
      }
    }
  }

  /** Bytes of an object. */
  public byte[] object(String uri) {
    synchronized (store) {
      return store.objects.get(uri);
    }
  }

  /** Ids of all jobs, oldest first. */
  public List<String> jobs() {
    synchronized (store) {
      return List.copyOf(store.jobs.keySet());
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.close();
  }

  private void handle(HttpExchange exchange) throws IOException {
    inFlight.incrementAndGet();
    Optional<Answer> answer;
    try {
      var call = read(exchange);
      interfere(call);
      answer = serve(call);
    } finally {
      inFlight.decrementAndGet();
    }
    if (answer.isEmpty()) {
      // closing without an answer is what a broken connection looks like
      exchange.close();
      return;
    }
    var body = answer.get().body();
    answer.get().headers().forEach(exchange.getResponseHeaders()::set);
    exchange.sendResponseHeaders(answer.get().status(), body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private void interfere(Call call) {
    if (!call.mutates() || !call.text().contains("COMMIT TRANSACTION")) {
      return;
    }
    Optional<Runnable> interference;
    Interference current;
    synchronized (store) {
      interference = beforeScript;
      beforeScript = Optional.empty();
      if (interference.isPresent()) {
        interfered = new Interference(holdEqualRequests ? call.text() : "", new CountDownLatch(1));
      }
      current = interfered;
    }
    try {
      if (interference.isPresent()) {
        try {
          interference.get().run();
        } finally {
          current.done().countDown();
        }
      } else if (current.request().equals(call.text())) {
        current.done().await();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private record Interference(String request, CountDownLatch done) {}

  private Optional<Answer> serve(Call call) {
    Optional<Fault> fault;
    synchronized (store) {
      if (dead) {
        return Optional.empty();
      }
      journal.add(call);
      fault = fault(call);
      dead = fault.filter(f -> f == Fault.DEATH_BEFORE || f == Fault.DEATH_AFTER).isPresent();
    }
    if (fault.isEmpty()) {
      return Optional.of(dispatch(call));
    }
    return switch (fault.get()) {
      case THROTTLED ->
          Optional.of(
              Answer.error(
                  429,
                  "rateLimitExceeded",
                  "Exceeded rate limits: too many table update operations for this table"));
      case DENIED ->
          Optional.of(
              Answer.error(
                  403,
                  "accessDenied",
                  "Access Denied: Permission bigquery.tables.getData denied on it (or it may not exist)."));
      case BEFORE -> Optional.of(Answer.error(503, "backendError", "Backend Error"));
      case AFTER, DEATH_AFTER -> {
        dispatch(call);
        yield Optional.empty();
      }
      case LATE -> {
        sleep();
        dispatch(call);
        yield Optional.empty();
      }
      case TWICE -> {
        dispatch(call);
        yield Optional.of(dispatch(call));
      }
      case DEATH_BEFORE -> Optional.empty();
    };
  }

  private Optional<Fault> fault(Call call) {
    for (var rule : rules) {
      if (rule.calls.test(call)) {
        if (rule.skip-- == 0) {
          rules.remove(rule);
          return Optional.of(rule.fault);
        }
      }
    }
    return Optional.empty();
  }

  private Answer dispatch(Call call) {
    synchronized (store) {
      try {
        return call.path().startsWith("/bigquery/")
            ? bigQuery.answer(call)
            : storage.answer(call, url());
      } catch (ApiFailure e) {
        return Answer.error(e.status, e.reason, e.getMessage());
      }
    }
  }

  private void sleep() {
    try {
      TimeUnit.MILLISECONDS.sleep(lateness.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Call read(HttpExchange exchange) throws IOException {
    var headers = new TreeMap<String, String>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
    var in = exchange.getRequestBody();
    var gzip = "gzip".equals(headers.get("content-encoding"));
    var body = gzip ? new GZIPInputStream(in).readAllBytes() : in.readAllBytes();
    var method = headers.getOrDefault("x-http-method-override", exchange.getRequestMethod());
    var query = new HashMap<String, String>();
    var raw = exchange.getRequestURI().getRawQuery();
    for (var pair : raw == null ? new String[0] : raw.split("&")) {
      var parts = pair.split("=", 2);
      query.put(parts[0], parts.length == 1 ? "" : decode(parts[1]));
    }
    var path = exchange.getRequestURI().getRawPath().replaceAll("//+", "/");
    return new Call(method, decode(path.replace("+", "%2B")), query, headers, body);
  }

  private static String decode(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }
}
