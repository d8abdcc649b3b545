package dev.naru.bigquery.fake;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * One request as it arrived.
 *
 * @param method after {@code X-HTTP-Method-Override}
 * @param path decoded, without the query
 * @param headers by lower-case name
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Call(
    String method,
    String path,
    Map<String, String> query,
    Map<String, String> headers,
    byte[] body) {

  /** Whether it changes something when it succeeds. */
  public boolean mutates() {
    return !method.equals("GET") && !path.endsWith("/queries");
  }

  /** The body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** Method and path, for assertions and failures. */
  @Override
  public String toString() {
    var upload = query.containsKey("name") ? " " + query.get("name") : "";
    return method + " " + path + upload;
  }
}
