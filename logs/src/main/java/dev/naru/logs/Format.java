package dev.naru.logs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How a line looks. */
enum Format {

  /** {@code key=value}, quoted where a blank, a quote or a control character would confuse. */
  TEXT {
    @Override
    String line(Map<String, Object> fields) {
      return fields.entrySet().stream()
          .map(it -> it.getKey() + "=" + quoted(String.valueOf(it.getValue())))
          .collect(Collectors.joining(" "));
    }
  },

  /** One JSON object. */
  JSON {
    @Override
    String line(Map<String, Object> fields) {
      return json(fields);
    }
  };

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Pattern PLAIN = Pattern.compile("[^\\s\"=\\\\\\p{Cntrl}]+");

  abstract String line(Map<String, Object> fields);

  static Format of(String name) {
    return Arrays.stream(values())
        .filter(it -> it.name().toLowerCase(Locale.ROOT).equals(name))
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("log format '" + name + "': write text or json"));
  }

  /** As JSON quotes, which every tool can read back. */
  private static String quoted(String value) {
    return PLAIN.matcher(value).matches() ? value : json(value);
  }

  private static String json(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("a log field cannot be written", e);
    }
  }
}
