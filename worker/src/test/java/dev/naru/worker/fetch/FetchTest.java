package dev.naru.worker.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.hash.Hashing;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.naru.runfile.FetchEnd;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A model comes whole and verified, or not at all; the server is played. */
class FetchTest {

  private final Map<String, String> objects = new TreeMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private int status = 200;
  private HttpServer server;
  @TempDir Path temporary;
  private Path folder;
  private Path said;

  @BeforeEach
  void start() throws IOException {
    folder = temporary.resolve("model");
    said = temporary.resolve("said");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void anObjectIsFetchedOnceAndVerified() throws Exception {
    objects.put("price/7.bin", "weights");
    assertThat(fetch("gs://models/price/7.bin", sum("weights"))).isZero();
    assertThat(folder.resolve("7.bin")).hasContent("weights");
    var requests = asked.size();
    assertThat(fetch("gs://models/price/7.bin", sum("weights"))).isZero();
    assertThat(asked).as("nothing is read again").hasSize(requests);
  }

  @Test
  void aFolderIsFetchedWithWhatWasLeftOfAnAttemptRemoved() throws Exception {
    objects.put("price/7/b/weights.bin", "weights");
    objects.put("price/7/a.json", "{}");
    objects.put("price/70/other", "no");
    Files.createDirectories(folder.resolve("old"));
    Files.writeString(folder.resolve("old/half"), "we");
    var sums = new TreeMap<String, String>();
    sums.put("a.json", sum("{}").substring(7));
    sums.put("b/weights.bin", sum("weights").substring(7));
    var lines =
        sums.entrySet().stream()
            .map(it -> it.getValue() + "  " + it.getKey() + "\n")
            .collect(Collectors.joining());
    assertThat(fetch("gs://models/price/7", sum(lines))).isZero();
    assertThat(folder.resolve("b/weights.bin")).hasContent("weights");
    assertThat(folder.resolve("old")).doesNotExist();
    assertThat(folder.resolve("other")).doesNotExist();
  }

  @Test
  void anotherVersionReplacesTheFiles() throws Exception {
    objects.put("price/7.bin", "weights");
    assertThat(fetch("gs://models/price/7.bin", sum("weights"))).isZero();
    objects.put("price/7.bin", "others");
    assertThat(fetch("gs://models/price/7.bin", crc("others"))).isZero();
    assertThat(folder.resolve("7.bin")).hasContent("others");
  }

  @Test
  void whatDoesNotAddUpIsNotLeftBehind() throws Exception {
    objects.put("price/7.bin", "weights");
    assertThat(fetch("gs://models/price/7.bin", sum("others")))
        .isEqualTo(FetchEnd.CHECKSUM_MISMATCH.code());
    assertThat(said)
        .hasContent(
            "gs://models/price/7.bin adds up to %s, and not to the declared %s"
                .formatted(sum("weights"), sum("others")));
    assertThat(folder.resolve("7.bin")).doesNotExist();
    assertThat(folder.resolve(Fetch.MARKER)).doesNotExist();
  }

  @ParameterizedTest
  @CsvSource({"404, NOT_FOUND", "403, ACCESS_DENIED", "401, ACCESS_DENIED", "400, FAILED"})
  void whatTheBucketAnswersIsTold(int answer, FetchEnd end) throws Exception {
    status = answer;
    assertThat(fetch("gs://models/price/7.bin", sum("weights"))).isEqualTo(end.code());
    assertThat(Files.readString(said)).startsWith("gs://models/price/7.bin: ");
  }

  @Test
  void anObjectThatIsNotThereIsTold() throws Exception {
    objects.put("price/70", "no");
    assertThat(fetch("gs://models/price/7", sum("weights"))).isEqualTo(FetchEnd.NOT_FOUND.code());
    assertThat(said).hasContent("gs://models/price/7: there is no object of that name");
  }

  @Test
  void aFileOfAWebServerIsFetchedAndItsAnswersAreTold() throws Exception {
    objects.put("7.bin", "weights");
    var uri = URI.create(root() + "/files/7.bin?signature=1");
    try (var source = new ModelSource.Web(HttpClient.newHttpClient(), uri)) {
      new Fetch(source, uri.toString(), Checksum.parse(sum("weights")), folder).run();
      assertThat(folder.resolve("7.bin")).hasContent("weights");
      status = 403;
      assertThatThrownBy(
              () -> new Fetch(source, uri.toString(), Checksum.parse(sum("others")), folder).run())
          .hasMessage(uri + ": the server answers 403")
          .extracting("end")
          .isEqualTo(FetchEnd.ACCESS_DENIED);
    }
  }

  @Test
  void aModelLargerThanTheDiskIsNotBegunAndAPathLeadsNowhereElse() {
    assertThatThrownBy(() -> run(new ModelSource.Remote("", Optional.of(Long.MAX_VALUE), null)))
        .hasMessageContaining("does not fit on the node")
        .extracting("end")
        .isEqualTo(FetchEnd.TOO_LARGE);
    assertThatThrownBy(
            () ->
                run(
                    new ModelSource.Remote(
                        "../out", Optional.of(1L), () -> new ByteArrayInputStream(new byte[1]))))
        .hasMessageContaining("'../out' is not one of a file");
    assertThat(temporary.resolve("out")).doesNotExist();
  }

  @Test
  void aChecksumThatIsNoneIsRefused() throws Exception {
    assertThat(fetch("gs://models/price/7.bin", "md5:1")).isEqualTo(FetchEnd.NOT_FOUND.code());
    assertThat(said).hasContent("'md5:1' is no checksum: write sha256: or crc32c: and the digits");
  }

  private void run(ModelSource.Remote file) throws Exception {
    try (var source = new OneFile(file)) {
      new Fetch(source, "gs://models/7", Checksum.parse(sum("weights")), folder).run();
    }
  }

  private int fetch(String uri, String checksum) throws Exception {
    var environment = new HashMap<String, String>();
    environment.put("NARU_MODEL_URI", uri);
    environment.put("NARU_MODEL_CHECKSUM", checksum);
    environment.put("NARU_MODEL_FOLDER", folder.toString());
    environment.put("NARU_STORAGE_ENDPOINT", root());
    environment.put("NARU_TERMINATION_LOG", said.toString());
    return new FetchCommand(environment).execute();
  }

  private static String sum(String text) {
    return "sha256:" + Hashing.sha256().hashString(text, StandardCharsets.UTF_8);
  }

  private static String crc(String text) {
    return "crc32c:%08x"
        .formatted(Hashing.crc32c().hashString(text, StandardCharsets.UTF_8).asInt());
  }

  private String root() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    var uri = exchange.getRequestURI();
    asked.add(uri.toString());
    var path = uri.getPath();
    String body;
    if (status != 200) {
      body = "{\"error\": {\"code\": %d, \"message\": \"no\", \"errors\": []}}".formatted(status);
    } else if (path.endsWith("/o")) {
      var prefix = uri.getQuery().replaceFirst("^.*prefix=([^&]*).*$", "$1");
      body =
          objects.entrySet().stream()
              .filter(it -> it.getKey().startsWith(prefix))
              .map(
                  it ->
                      "{\"name\": \"%s\", \"size\": \"%d\", \"generation\": \"5\"}"
                          .formatted(it.getKey(), it.getValue().length()))
              .collect(Collectors.joining(", ", "{\"items\": [", "]}"));
    } else {
      body = objects.get(path.replaceFirst("^.*/(o|files)/", ""));
    }
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    if (path.endsWith("/o") || status != 200) {
      exchange.getResponseHeaders().add("Content-Type", "application/json");
    }
    exchange.sendResponseHeaders(status, bytes.length);
    try (var out = exchange.getResponseBody()) {
      out.write(bytes);
    }
  }

  private record OneFile(Remote file) implements ModelSource {

    @Override
    public List<Remote> files() {
      return List.of(file);
    }

    @Override
    public void close() {
      // nothing is open
    }
  }
}
