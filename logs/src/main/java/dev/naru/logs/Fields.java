package dev.naru.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The fields of one event, in a fixed order: time, severity, logger, message, the resource at work,
 * then what the event itself tells. Google Cloud Logging reads time, severity and message of a JSON
 * line by these names. Pure.
 */
final class Fields {

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

  static final String KIND = "kind";
  static final String NAMESPACE = "namespace";
  static final String NAME = "name";
  static final String RUN = "run";

  /** Our names for the resource at work, and how the operator's framework notes it per thread. */
  private static final Map<String, String> CONTEXT = context();

  private Fields() {}

  private static Map<String, String> context() {
    var names = new LinkedHashMap<String, String>();
    names.put(KIND, "resource.kind");
    names.put(NAMESPACE, "resource.namespace");
    names.put(NAME, "resource.name");
    names.put(RUN, RUN);
    return names;
  }

  static Map<String, Object> of(ILoggingEvent event, boolean foreignMessages) {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("time", TIME.format(Instant.ofEpochMilli(event.getTimeStamp())));
    fields.put("severity", severity(event.getLevel()));
    fields.put("logger", simple(event.getLoggerName()));
    fields.put("message", String.valueOf(event.getFormattedMessage()));
    var process = event.getLoggerContextVO().getPropertyMap();
    CONTEXT.forEach(
        (name, key) -> {
          var value = event.getMDCPropertyMap().getOrDefault(key, process.get(name));
          if (value != null) {
            fields.put(name, value);
          }
        });
    if (event.getKeyValuePairs() != null) {
      event.getKeyValuePairs().forEach(it -> fields.put(it.key, value(it.value)));
    }
    if (event.getThrowableProxy() != null) {
      fields.put("exception", Traces.text(event.getThrowableProxy(), foreignMessages));
    }
    return fields;
  }

  /** Numbers and truth values stay what they are, so that they can be compared. */
  private static Object value(Object value) {
    return switch (value) {
      case null -> "";
      case Number number -> number;
      case Boolean truth -> truth;
      default -> value.toString();
    };
  }

  private static String severity(Level level) {
    return switch (level.toInt()) {
      case Level.ERROR_INT -> "ERROR";
      case Level.WARN_INT -> "WARNING";
      case Level.INFO_INT -> "INFO";
      default -> "DEBUG";
    };
  }

  private static String simple(String logger) {
    return logger.substring(logger.lastIndexOf('.') + 1);
  }
}
