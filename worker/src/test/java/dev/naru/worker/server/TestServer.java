package dev.naru.worker.server;

import dev.naru.runfile.Database.Engine;
import dev.naru.worker.source.Credentials;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * A real database server for tests: started once per JVM and engine by {@code
 * e2e/databases/server}, which stops it and deletes its folder when the JVM is gone.
 */
public final class TestServer {

  private static TestServer postgresql;
  private static TestServer mariaDb;

  private final Engine engine;
  private final Path folder;
  private final URI url;

  private TestServer(Engine engine, Path folder, URI url) {
    this.engine = engine;
    this.folder = folder;
    this.url = url;
  }

  /** The PostgreSQL of this JVM, with prepared transactions allowed. */
  public static synchronized TestServer postgresql() {
    if (postgresql == null) {
      postgresql = start(Engine.POSTGRESQL, "-c", "max_prepared_transactions=5");
    }
    return postgresql;
  }

  /** The MariaDB of this JVM, with a binary log. */
  public static synchronized TestServer mariaDb() {
    if (mariaDb == null) {
      mariaDb = start(Engine.MYSQL, "--log-bin=binlog", "--server-id=1");
    }
    return mariaDb;
  }

  /** A server of its own, for tests that stop or reconfigure it. */
  public static TestServer start(Engine engine, String... options) {
    try {
      var folder = Files.createTempDirectory("naru-test-");
      var name = engine == Engine.POSTGRESQL ? "postgresql" : "mariadb";
      var pid = Long.toString(ProcessHandle.current().pid());
      var command =
          new ArrayList<>(List.of("start", name, folder.toString(), "--watch-parent", pid, "--"));
      command.addAll(List.of(options));
      var output = script(command);
      return new TestServer(engine, folder, URI.create(output.strip()));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  public String host() {
    return url.getHost();
  }

  public int port() {
    return url.getPort();
  }

  /** Folder of the server; its data is in {@code data}. */
  public Path folder() {
    return folder;
  }

  /** {@code scheme://user:password@host:port/database} of the superuser. */
  public String url(String database) {
    return url.toString().replaceFirst("/[^/]*$", "/" + database);
  }

  /** Ends the server as a bad day would. */
  public void crash() {
    script(List.of("crash", folder.toString()));
  }

  /** Who may do everything on it. */
  public Credentials superuser() {
    var user = url.getUserInfo().split(":", 2);
    return new Credentials(user[0], user[1]);
  }

  /** A session of the superuser. */
  public Connection connect(String database) {
    return connect(database, superuser().username(), superuser().password());
  }

  /** A session of any user. */
  public Connection connect(String database, String user, String password) {
    var scheme = engine == Engine.POSTGRESQL ? "postgresql" : "mariadb";
    try {
      return DriverManager.getConnection(
          "jdbc:%s://%s:%d/%s".formatted(scheme, host(), port(), database), user, password);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs statements as superuser, each in its own transaction. */
  public void execute(String database, String... statements) {
    try (var connection = connect(database);
        var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String script(List<String> arguments) {
    try {
      var command =
          new ArrayList<>(List.of(repository().resolve("e2e/databases/server").toString()));
      command.addAll(arguments);
      var process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("failed: " + String.join(" ", command));
      }
      return output;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Path repository() {
    for (var at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      if (Files.exists(at.resolve("e2e/databases/server"))) {
        return at;
      }
    }
    throw new IllegalStateException("not inside the repository");
  }
}
