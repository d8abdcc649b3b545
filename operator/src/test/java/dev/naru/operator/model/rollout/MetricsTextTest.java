package dev.naru.operator.model.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class MetricsTextTest {

  private static final String HTTP =
      """
      # HELP http_requests_total Answered requests
      # TYPE http_requests_total counter
      http_requests_total{code="200",method="GET",path="/v1/price"} 97.0
      http_requests_total{code="404",method="GET",path="/v1/price"} 2.0
      http_requests_total{code="503",method="GET",path="/v1/price"} 1.0 1733000000000
      http_requests_created{code="200",method="GET",path="/v1/price"} 1.7e+09
      # TYPE http_request_duration_seconds histogram
      http_request_duration_seconds_bucket{le="0.1",method="GET",path="/v1/price"} 90.0
      http_request_duration_seconds_bucket{le="0.2",method="GET",path="/v1/price"} 99.0
      http_request_duration_seconds_bucket{le="+Inf",method="GET",path="/v1/price"} 100.0
      http_request_duration_seconds_count{method="GET",path="/v1/price"} 100.0
      process_resident_memory_bytes 5.1e+07
      """;

  @Test
  void countsAnswersFaultsAndTimesOfHttp() {
    var measures = MetricsText.read(HTTP).orElseThrow();
    assertThat(measures.requests()).isEqualTo(100);
    assertThat(measures.errors()).isEqualTo(1);
    assertThat(measures.p99()).isEqualTo(0.2);
  }

  @Test
  void countsFaultsOfTheServerInGrpcAndNotThoseOfClients() {
    var measures =
        MetricsText.read(
                """
                grpc_server_handled_total{grpc_code="OK",grpc_method="Quote"} 90
                grpc_server_handled_total{grpc_code="INVALID_ARGUMENT",grpc_method="Quote"} 4
                grpc_server_handled_total{grpc_code="INTERNAL",grpc_method="Quote"} 3
                grpc_server_handled_total{grpc_code="DeadlineExceeded",grpc_method="Quote"} 3
                grpc_server_handling_seconds_bucket{grpc_method="Quote",le="+Inf"} 100
                """)
            .orElseThrow();
    assertThat(measures.requests()).isEqualTo(100);
    assertThat(measures.errors()).isEqualTo(6);
  }

  @Test
  void aPodThatCountsNothingWeKnowSaysNothing() {
    assertThat(MetricsText.read("up 1\n")).isEmpty();
    assertThat(MetricsText.read("")).isEmpty();
  }

  @Test
  void labelsMayHoldWhateverIsQuoted() {
    var measures =
        MetricsText.read(
                "http_requests_total{path=\"a\\\"},b={\\\\\\n\", code=\"500\",} 3\n"
                    + "http_requests_total{path=\"/}\",code=\"200\"} 4")
            .orElseThrow();
    assertThat(measures.requests()).isEqualTo(7);
    assertThat(measures.errors()).isEqualTo(3);
  }

  record Answers(String path, int code, int count) {
    String line() {
      return "http_requests_total{code=\"%d\",path=\"%s\"} %d"
          .formatted(
              code, path.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n"), count);
    }
  }

  @Property(tries = 500)
  void everyLineCounts(@ForAll("answers") List<Answers> answers) {
    var text = answers.stream().map(Answers::line).collect(Collectors.joining("\n"));
    var measures = MetricsText.read(text).orElse(Measures.NONE);
    assertThat(measures.requests()).isEqualTo(answers.stream().mapToInt(Answers::count).sum());
    assertThat(measures.errors())
        .isEqualTo(answers.stream().filter(it -> it.code() >= 500).mapToInt(Answers::count).sum());
  }

  @Property(tries = 1000)
  void noTextBreaksIt(@ForAll("texts") String text) {
    var measures = MetricsText.read(text).orElse(Measures.NONE);
    assertThat(measures.requests()).isNotNaN();
    assertThat(measures.p99()).isNotNaN();
  }

  @Provide
  Arbitrary<List<Answers>> answers() {
    var paths = Arbitraries.strings().withChars("a/{}=\",\\\n ").ofMaxLength(8);
    return Combinators.combine(
            paths,
            Arbitraries.integers().between(200, 599),
            Arbitraries.integers().between(0, 1000))
        .as(Answers::new)
        .list()
        .ofMaxSize(20);
  }

  /** Pieces of the format, put together at random. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.of(
            "http_requests_total",
            "http_request_duration_seconds_bucket",
            "{",
            "}",
            "le=",
            "\"",
            "code=\"500\"",
            "+Inf",
            "NaN",
            "-1e400",
            " ",
            "\n",
            "#",
            "\\",
            ",",
            "0.1",
            "7")
        .list()
        .ofMaxSize(30)
        .map(it -> String.join("", it).toLowerCase(Locale.ROOT));
  }
}
