package dev.naru.operator.model.rollout;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Reads a pod's answer in the text format of Prometheus. Counted are the families that servers
 * usually have; whatever else stands there is passed over, also when it cannot be read.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">the format</a>
 */
public final class MetricsText {

  /** What a family counts, and which of its answers are faults of the server. */
  private record Family(String counter, String code, String histogram) {}

  private static final List<Family> FAMILIES =
      List.of(
          new Family("http_requests_total", "code", "http_request_duration_seconds_bucket"),
          new Family(
              "grpc_server_handled_total", "grpc_code", "grpc_server_handling_seconds_bucket"));

  /** Codes of gRPC that tell of the server, not of the request. */
  private static final Set<String> FAULTS =
      Set.of(
          "UNKNOWN", "DEADLINE_EXCEEDED", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS");

  private static final Pattern VALUE = Pattern.compile("\\s*(\\S+)");

  private record Sample(String name, Map<String, String> labels, double value) {}

  private MetricsText() {}

  /** What the pod has answered since it began; empty when it does not say so. */
  public static Optional<Measures> read(String text) {
    var samples = text.lines().flatMap(line -> sample(line).stream()).toList();
    var found = FAMILIES.stream().flatMap(family -> measures(family, samples).stream()).toList();
    return found.stream().reduce(Measures::plus);
  }

  private static Optional<Measures> measures(Family family, List<Sample> samples) {
    var answered = samples.stream().filter(it -> it.name().equals(family.counter())).toList();
    var timed = samples.stream().filter(it -> it.name().equals(family.histogram())).toList();
    if (answered.isEmpty() && timed.isEmpty()) {
      return Optional.empty();
    }
    var errors = answered.stream().filter(it -> fault(it.labels().get(family.code()))).toList();
    return Optional.of(new Measures(sum(answered), sum(errors), histogram(timed)));
  }

  private static boolean fault(String code) {
    return code != null && (code.matches("5[0-9][0-9]") || FAULTS.contains(screaming(code)));
  }

  /** Some servers write {@code DeadlineExceeded}. */
  private static String screaming(String code) {
    return code.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }

  private static double sum(List<Sample> samples) {
    return samples.stream().mapToDouble(Sample::value).sum();
  }

  private static Histogram histogram(List<Sample> buckets) {
    var atMost = new TreeMap<Double, Double>();
    for (var bucket : buckets) {
      number(bucket.labels().get("le"))
          .ifPresent(bound -> atMost.merge(bound, bucket.value(), Double::sum));
    }
    return new Histogram(atMost);
  }

  private static Optional<Sample> sample(String line) {
    if (line.isBlank() || line.startsWith("#")) {
      return Optional.empty();
    }
    var open = line.indexOf('{');
    var nameEnd = open >= 0 ? open : line.indexOf(' ');
    if (nameEnd <= 0) {
      return Optional.empty();
    }
    var labels = new HashMap<String, String>();
    var end = open >= 0 ? labels(line, open + 1, labels) : nameEnd;
    if (end < 0) {
      return Optional.empty();
    }
    // a time may stand behind the value
    var value = VALUE.matcher(line.substring(end));
    var name = line.substring(0, nameEnd).strip();
    return value.lookingAt()
        ? number(value.group(1)).map(it -> new Sample(name, labels, it))
        : Optional.empty();
  }

  /** Reads labels up to the closing brace; returns what is behind it, or -1. */
  private static int labels(String line, int begin, Map<String, String> labels) {
    var at = begin;
    while (at < line.length()) {
      if (line.charAt(at) == '}') {
        return at + 1;
      }
      var equals = line.indexOf('=', at);
      if (equals < 0 || equals + 1 >= line.length() || line.charAt(equals + 1) != '"') {
        return -1;
      }
      var value = new StringBuilder();
      var next = quoted(line, equals + 2, value);
      if (next < 0) {
        return -1;
      }
      labels.put(line.substring(at, equals).strip(), value.toString());
      at = next < line.length() && line.charAt(next) == ',' ? next + 1 : next;
    }
    return -1;
  }

  private static int quoted(String line, int begin, StringBuilder value) {
    for (var at = begin; at < line.length(); at++) {
      var c = line.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c == '\\' && at + 1 < line.length()) {
        at++;
        value.append(line.charAt(at) == 'n' ? '\n' : line.charAt(at));
      } else {
        value.append(c);
      }
    }
    return -1;
  }

  private static Optional<Double> number(String text) {
    if (text == null) {
      return Optional.empty();
    }
    return switch (text) {
      case "+Inf", "Inf" -> Optional.of(Double.POSITIVE_INFINITY);
      case "" -> Optional.empty();
      default -> {
        try {
          var number = Double.parseDouble(text);
          yield Double.isFinite(number) ? Optional.of(number) : Optional.empty();
        } catch (NumberFormatException _) {
          yield Optional.empty();
        }
      }
    };
  }
}
