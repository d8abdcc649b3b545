package dev.naru.runfile;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;

/**
 * A source database: how to reach it and how hard it may be read. User name and password are
 * mounted files, see {@link Mounts}.
 *
 * @param connection name of the Connection, for messages and for the advisory locks of its slots
 * @param maxConnections slots that all runs together may hold
 * @param allowedSchemas schemas that may be read; empty means all
 */
public record Database(
    String connection,
    Engine engine,
    String host,
    int port,
    String database,
    Tls tls,
    int maxConnections,
    List<String> allowedSchemas) {

  public Database {
    allowedSchemas = List.copyOf(allowedSchemas == null ? List.of() : allowedSchemas);
  }

  /** The wire protocol to speak. MariaDB is reached as {@link #MYSQL}. */
  public enum Engine {
    @JsonProperty("PostgreSQL")
    POSTGRESQL,
    @JsonProperty("MySQL")
    MYSQL
  }

  /**
   * Transport security.
   *
   * @param caMounted whether a CA certificate is mounted at {@link Mounts#CA}; without one the
   *     system's trust store decides
   * @param serverName name to verify instead of the host
   */
  public record Tls(TlsMode mode, boolean caMounted, Optional<String> serverName) {}

  /** How much of the server's identity is verified; {@link #VERIFY_FULL} is the default. */
  public enum TlsMode {
    @JsonProperty("Disable")
    DISABLE,
    @JsonProperty("Require")
    REQUIRE,
    @JsonProperty("VerifyCA")
    VERIFY_CA,
    @JsonProperty("VerifyFull")
    VERIFY_FULL
  }
}
