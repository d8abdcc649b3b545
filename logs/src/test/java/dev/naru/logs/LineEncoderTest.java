package dev.naru.logs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

final class LineEncoderTest {

  private final LineEncoder encoder = new LineEncoder();

  @Test
  void textIsKeyValueOnOneLine() {
    var event = event(Level.WARN, "could not\ndo \"it\"", null);
    event.addKeyValuePair(new KeyValuePair("rows", 12L));
    event.addKeyValuePair(new KeyValuePair("text", "a=b c"));
    event.setMDCPropertyMap(Map.of("resource.kind", "IngestionJob", "resource.uid", "not told"));

    assertThat(line(event))
        .isEqualTo(
            "time=2026-01-02T03:04:05.678Z severity=WARNING logger=Thing message=\"could not\\ndo"
                + " \\\"it\\\"\" kind=IngestionJob rows=12 text=\"a=b c\"\n");
  }

  @Test
  void jsonHasTheNamesOfGoogleCloudLogging() throws IOException {
    encoder.setFormat("json");
    var event = event(Level.ERROR, "failed\u2028", new IllegalStateException("because"));
    event.addKeyValuePair(new KeyValuePair("rows", 12L));
    event.addKeyValuePair(new KeyValuePair("nothing", null));

    var line = line(event);

    assertThat(line).endsWith("}\n").hasLineCount(1);
    JsonNode json = new ObjectMapper().readTree(line);
    assertThat(json.get("time").asText()).isEqualTo("2026-01-02T03:04:05.678Z");
    assertThat(json.get("severity").asText()).isEqualTo("ERROR");
    assertThat(json.get("message").asText()).isEqualTo("failed\u2028");
    assertThat(json.get("rows").isNumber()).isTrue();
    assertThat(json.get("nothing").asText()).isEmpty();
    assertThat(json.get("exception").asText())
        .startsWith("java.lang.IllegalStateException: because");
  }

  @Test
  void theMessagesOfForeignExceptionsAreNotToldWhereRowsMayBeInThem() {
    encoder.setForeignMessages(false);
    var driver = new SQLException("invalid input syntax for type integer: \"010-1234-5678\"");
    var ours = new OursException("the column cannot be read", driver);
    ours.addSuppressed(new IOException("password=hunter2"));

    assertThat(line(event(Level.ERROR, "run failed", ours)))
        .contains("OursException: the column cannot be read")
        .contains("caused by java.sql.SQLException", "suppressed java.io.IOException")
        .contains("LineEncoderTest.java")
        .doesNotContain("010-1234", "hunter2");
  }

  @Test
  void anUnknownFormatIsRefused() {
    assertThatThrownBy(() -> encoder.setFormat("xml")).hasMessageContaining("text or json");
  }

  private static final class OursException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OursException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private String line(LoggingEvent event) {
    return new String(encoder.encode(event), StandardCharsets.UTF_8);
  }

  private static LoggingEvent event(Level level, String message, Throwable thrown) {
    var context = new LoggerContext();
    context.setMDCAdapter(new LogbackMDCAdapter());
    var logger = context.getLogger("dev.naru.Thing");
    var event = new LoggingEvent("", logger, level, message, thrown, null);
    event.setInstant(Instant.parse("2026-01-02T03:04:05.678Z"));
    return event;
  }
}
