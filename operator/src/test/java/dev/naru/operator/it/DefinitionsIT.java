package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.naru.crds.v1alpha1.ModelService;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Kinds that the API server does not serve: one clear line, and everything goes on afterwards. */
final class DefinitionsIT {

  /** Every informer of the kinds has failed several times by then. */
  private static final int REFUSALS = 20;

  @RegisterExtension final LogOracle oracle = new LogOracle();

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Tap tap = Tap.recording();

  /** What ends up in the log: what the shipped configuration keeps out of it is not there. */
  private final Log log = new Log();

  private String namespace;

  private static final class Log extends AppenderBase<ILoggingEvent> {

    private final List<ILoggingEvent> events = new CopyOnWriteArrayList<>();

    @Override
    protected void append(ILoggingEvent event) {
      events.add(event);
    }
  }

  @BeforeEach
  void start() {
    namespace = ControlPlane.get().namespace();
    root().getAppender("console").getCopyOfAttachedFiltersList().forEach(log::addFilter);
    log.start();
    root().addAppender(log);
  }

  @AfterEach
  void stop() {
    root().detachAppender(log);
    admin.namespaces().withName(namespace).delete();
  }

  @Test
  void anOperatorThatStartsWaitsForThem() throws Exception {
    tap.hideKinds(true);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var starting =
          CompletableFuture.supplyAsync(
              () -> TestOperator.models(namespace, tap, Clock.systemUTC()), threads);
      Await.until("told", () -> !complaints().isEmpty());
      assertThat(starting).isNotDone();
      assertThat(complaints()).containsExactly(text("[modelservices, workloadtemplates]"));

      tap.hideKinds(false);
      try (var operator = starting.get()) {
        works(operator);
      }
    }
    assertThat(complaints()).hasSize(1);
    assertThat(noise()).isEmpty();
  }

  @Test
  void anOperatorThatRunsOutlivesThem() throws Exception {
    oracle.expect("Error received: Status.*code=404");
    try (var operator = TestOperator.models(namespace, tap, Clock.systemUTC())) {
      works(operator);
      tap.hideKinds(true);
      tap.cutWatches(namespace);
      Await.until("told", () -> !complaints().isEmpty());
      var before = tap.refusals();
      Await.until("asked many times", () -> tap.refusals() > before + REFUSALS);
      assertThat(ready(operator)).contains("naru.dev/v1alpha1 lacks [modelservices");
      assertThat(complaints()).containsExactly(text("[modelservices, workloadtemplates]"));
      assertThat(noise()).isEmpty();

      tap.hideKinds(false);
      Await.until("ready again", () -> ready(operator).startsWith("200 "));
      assertThat(log.events).anyMatch(it -> it.getFormattedMessage().endsWith("is complete"));
      works(operator);
    }
  }

  private void works(TestOperator operator) {
    var before = operator.reconciles("ModelService");
    var service = Samples.modelService();
    service.getMetadata().setNamespace(namespace);
    service.getMetadata().setName("m" + (long) before);
    admin.resource(service).create();
    Await.until(
        "reconciled",
        () ->
            !admin
                .resources(ModelService.class)
                .inNamespace(namespace)
                .withName(service.getMetadata().getName())
                .get()
                .getStatus()
                .conditions()
                .isEmpty());
  }

  private static String text(String missing) {
    return "naru.dev/v1alpha1 lacks "
        + missing
        + ": install the definitions of this version, with the chart or from its files/crds; the"
        + " operator waits for them";
  }

  private List<String> complaints() {
    return log.events.stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(it -> it.contains("lacks"))
        .toList();
  }

  private List<ILoggingEvent> noise() {
    return log.events.stream()
        .filter(
            it ->
                it.getThrowableProxy() != null
                    || (it.getLevel().isGreaterOrEqual(Level.WARN)
                        && !it.getFormattedMessage().contains("lacks")))
        .toList();
  }

  private static String ready(TestOperator operator) throws Exception {
    try (var http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + operator.process.httpPort() + "/readyz"))
                  .build(),
              BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    }
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
