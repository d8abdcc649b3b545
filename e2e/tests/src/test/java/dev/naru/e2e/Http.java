package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** GET from the local BigQuery and its bucket store, whose addresses are in {@code .local/env}. */
final class Http {

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  private Http() {}

  /** The text there is. */
  static String get(String server, String path) {
    var answer = send(server, path);
    var text = new String(answer.body(), StandardCharsets.UTF_8);
    assertThat(answer.statusCode()).as("%s answers %s", path, text).isEqualTo(200);
    return text;
  }

  /** The bytes, if there are any. */
  static Optional<byte[]> find(String server, String path) {
    return Optional.of(send(server, path))
        .filter(it -> it.statusCode() == 200)
        .map(it -> it.body());
  }

  static String encoded(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static HttpResponse<byte[]> send(String server, String path) {
    var address = System.getenv(server);
    assertThat(address).as("%s, which .local/env sets", server).isNotNull();
    try {
      return CLIENT.send(
          HttpRequest.newBuilder(URI.create(address + path)).build(),
          HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new UncheckedIOException("no answer from " + address + path, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
