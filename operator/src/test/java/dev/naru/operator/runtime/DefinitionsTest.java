package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

final class DefinitionsTest {

  private final FakeTime time = new FakeTime();
  private final ListAppender<ILoggingEvent> said = new ListAppender<>();
  private final Definitions definitions = new Definitions(this::ask, time.stopwatch());
  private Optional<List<String>> missing = Optional.of(List.of());
  private int asked;

  private SortedSet<String> ask() {
    asked++;
    return new TreeSet<>(missing.orElseThrow(() -> new KubernetesClientException("no answer")));
  }

  @BeforeEach
  void listen() {
    said.start();
    log().addAppender(said);
  }

  @AfterEach
  void listenNoMore() {
    log().detachAppender(said);
  }

  private static Logger log() {
    return (Logger) LoggerFactory.getLogger(Definitions.class);
  }

  @Test
  void whatIsThereIsNotWorthAWord() {
    assertThat(look("")).isEmpty();
    assertThat(lines()).isEmpty();
  }

  @Test
  void whatIsMissingIsToldAtOnceWithWhatToDo() {
    assertThat(look("modelservices"))
        .contains(
            "naru.dev/v1alpha1 lacks [modelservices]: install the definitions of this version, with"
                + " the chart or from its files/crds");
    assertThat(lines())
        .containsExactly(
            "WARN naru.dev/v1alpha1 lacks [modelservices]: install the definitions of this version,"
                + " with the chart or from its files/crds; the operator waits for them");
  }

  @Test
  void andThenRarely() {
    for (var second = 0; second < Definitions.TELL_AGAIN.toSeconds(); second++) {
      look("modelservices");
      time.pass(java.time.Duration.ofSeconds(1));
    }
    assertThat(lines()).hasSize(1);
    assertThat(asked).isEqualTo((int) Definitions.TELL_AGAIN.dividedBy(Definitions.ASK_AGAIN));
    look("modelservices");
    assertThat(lines()).hasSize(2);
  }

  @Test
  void whatElseIsMissingIsToldAtOnce() {
    look("modelservices");
    time.pass(Definitions.ASK_AGAIN);
    look("backfills", "modelservices");
    assertThat(lines()).hasSize(2).last().asString().contains("[backfills, modelservices]");
  }

  @Test
  void theEndIsToldToo() {
    look("modelservices");
    time.pass(Definitions.ASK_AGAIN);
    assertThat(look("")).isEmpty();
    assertThat(lines()).hasSize(2).last().isEqualTo("INFO naru.dev/v1alpha1 is complete");
  }

  @Test
  void nothingIsMissingBecauseNobodyAnswers() {
    missing = Optional.empty();
    assertThat(definitions.look()).isEmpty();
    time.pass(Definitions.ASK_AGAIN);
    look("modelservices");
    time.pass(Definitions.ASK_AGAIN);
    missing = Optional.empty();
    assertThat(definitions.look()).as("it was missing a moment ago").isPresent();
    assertThat(lines()).hasSize(1);
  }

  private Optional<String> look(String... absent) {
    missing = Optional.of(List.of(absent).stream().filter(it -> !it.isEmpty()).toList());
    return definitions.look();
  }

  private List<String> lines() {
    return said.list.stream().map(it -> it.getLevel() + " " + it.getFormattedMessage()).toList();
  }
}
