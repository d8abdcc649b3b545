package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.runfile.Database;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The URL that a driver opens a session by. Drivers read their options from it, so nothing but a
 * name or an address may stand where the host does: the CRD says so, and it is checked here again.
 */
public final class JdbcUrl {

  private static final Pattern HOST =
      Pattern.compile(
          "[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9.])?|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*");

  private JdbcUrl() {}

  /**
   * The URL; it names the server as its certificate does, the socket factory knows the real host.
   *
   * @param scheme e.g. {@code jdbc:postgresql}
   * @param spec path of the engine's fields in the Connection, e.g. {@code spec.postgresql}
   */
  public static String of(String scheme, Database database, String spec) {
    var name = database.tls().serverName();
    var host = name.orElse(database.host());
    if (!HOST.matcher(host).matches()) {
      throw new ActionNeededFailure(
          SourceReason.TLS_FAILED,
          "%s.%s: '%s' is no host name. Write the name alone, such as rental-db.prod.internal."
              .formatted(spec, name.isPresent() ? "tls.serverName" : "host", host));
    }
    return "%s://%s:%d/%s"
        .formatted(
            scheme,
            host.contains(":") ? "[" + host + "]" : host,
            database.port(),
            URLEncoder.encode(database.database(), StandardCharsets.UTF_8));
  }
}
