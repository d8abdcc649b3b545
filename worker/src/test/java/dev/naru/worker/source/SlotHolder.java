package dev.naru.worker.source;

import dev.naru.runfile.Database;
import dev.naru.runfile.Database.Engine;
import dev.naru.worker.source.mysql.MySqlConnector;
import dev.naru.worker.source.postgresql.PgConnector;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A process that takes all slots and keeps them until it is killed. */
final class SlotHolder {

  private SlotHolder() {}

  public static void main(String[] arguments) throws InterruptedException, IOException {
    var engine = Engine.valueOf(arguments[0]);
    var postgresql = engine == Engine.POSTGRESQL;
    var count = Integer.parseInt(arguments[3]);
    var database =
        new Database(
            "test-db",
            engine,
            arguments[1],
            Integer.parseInt(arguments[2]),
            postgresql ? "postgres" : "mysql",
            new Database.Tls(Database.TlsMode.DISABLE, false, Optional.empty()),
            count,
            List.of());
    var user = new Credentials(postgresql ? "postgres" : "root", "superuser-local");
    var slots =
        postgresql
            ? new Slots<>("db", count, Duration.ofMillis(50), new PgConnector(database, user, "t"))
            : new Slots<>("db", count, Duration.ofMillis(50), new MySqlConnector(database, user));
    for (var i = 0; i < count; i++) {
      slots.acquire();
    }
    System.out.println("holding");
    System.in.read();
  }
}
