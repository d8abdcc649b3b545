package dev.naru.operator.connection;

import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.DatabaseServer;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Tls;
import dev.naru.crds.v1alpha1.TlsMode;
import dev.naru.runfile.Database;
import java.util.Optional;

/** Writes a Connection as the worker reads it. Pure. */
public final class SourceDocument {

  private SourceDocument() {}

  /**
   * The server that a Connection declares; empty when type or member are unknown to this version.
   */
  public static Optional<DatabaseServer> server(Connection connection) {
    var spec = connection.getSpec();
    return switch (spec.type()) {
      case POSTGRESQL -> Optional.ofNullable(spec.postgresql());
      case MYSQL -> Optional.ofNullable(spec.mysql());
      case UNKNOWN -> Optional.empty();
    };
  }

  /** The source with every default filled in; empty where {@link #server} is. */
  public static Optional<Database> of(Connection connection) {
    var spec = connection.getSpec();
    return switch (spec.type()) {
      case POSTGRESQL ->
          server(connection)
              .map(
                  it ->
                      database(
                          connection, it, Database.Engine.POSTGRESQL, Defaults.POSTGRESQL_PORT));
      case MYSQL ->
          server(connection)
              .map(it -> database(connection, it, Database.Engine.MYSQL, Defaults.MYSQL_PORT));
      case UNKNOWN -> Optional.empty();
    };
  }

  private static Database database(
      Connection connection, DatabaseServer server, Database.Engine engine, int port) {
    var spec = connection.getSpec();
    var protection = Optional.ofNullable(spec.protection());
    return new Database(
        connection.getMetadata().getName(),
        engine,
        server.host(),
        server.port() == null ? port : server.port(),
        server.database(),
        tls(Optional.ofNullable(server.tls())),
        protection.map(it -> it.maxConnections()).orElse(Defaults.MAX_CONNECTIONS),
        spec.allow() == null ? null : spec.allow().schemas());
  }

  private static Database.Tls tls(Optional<Tls> declared) {
    return new Database.Tls(
        mode(declared.map(Tls::mode).orElse(Defaults.TLS_MODE)),
        declared.map(Tls::caRef).isPresent(),
        declared.map(Tls::serverName));
  }

  private static Database.TlsMode mode(TlsMode declared) {
    return switch (declared) {
      case DISABLE -> Database.TlsMode.DISABLE;
      case REQUIRE -> Database.TlsMode.REQUIRE;
      case VERIFY_CA -> Database.TlsMode.VERIFY_CA;
      // a value of a newer version: the strictest mode can only refuse, never weaken
      case VERIFY_FULL, UNKNOWN -> Database.TlsMode.VERIFY_FULL;
    };
  }
}
