package dev.naru.worker.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.TestRun;
import dev.naru.worker.server.TestServer;
import dev.naru.worker.source.mysql.MySqlConnector;
import dev.naru.worker.source.postgresql.PgConnector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connection budget holds over processes and crashes, because the server keeps it. */
class SlotsIT {

  private static final int SLOTS = 2;

  private static TestServer server(Engine engine) {
    return switch (engine) {
      case POSTGRESQL -> TestServer.postgresql();
      case MYSQL -> TestServer.mariaDb();
    };
  }

  private static Slots<? extends AutoCloseable> slots(Engine engine) {
    var server = server(engine);
    var user = server.superuser();
    var database = engine == Engine.POSTGRESQL ? "postgres" : "mysql";
    var run =
        TestRun.of(server, engine, database, "s", "t")
            .withLogin(user.username(), user.password())
            .withParallelism(1, SLOTS);
    return switch (engine) {
      case POSTGRESQL ->
          new Slots<>("db", SLOTS, Duration.ofMillis(50), new PgConnector(run.source(), user, "t"));
      case MYSQL ->
          new Slots<>("db", SLOTS, Duration.ofMillis(50), new MySqlConnector(run.source(), user));
    };
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void noMoreSessionsThanSlotsAndAFreedOneIsTaken(Engine engine) throws Exception {
    var slots = slots(engine);
    var other = slots(engine);
    var one = slots.acquire();
    var two = other.acquire();
    assertThat(slots.tryAcquire()).isEmpty();
    assertThat(other.tryAcquire()).isEmpty();

    var waiting = new ArrayList<AutoCloseable>();
    var waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    waiting.add(slots.acquire());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                });
    assertThat(waiter.join(Duration.ofMillis(300))).as("waits").isFalse();
    two.close();
    assertThat(waiter.join(Duration.ofSeconds(30))).isTrue();
    assertThat(waiting).hasSize(1);
    waiting.getFirst().close();
    one.close();
  }

  @ParameterizedTest
  @EnumSource(Engine.class)
  void aProcessThatIsKilledFreesItsSlots(Engine engine) throws Exception {
    var process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    SlotHolder.class.getName(),
                    engine.name(),
                    server(engine).host(),
                    Integer.toString(server(engine).port()),
                    Integer.toString(SLOTS)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (var output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("holding");
      assertThat(slots(engine).tryAcquire()).isEmpty();
    } finally {
      process.destroyForcibly();
    }
    var slots = slots(engine);
    var free = new ArrayList<AutoCloseable>();
    await()
        .until(
            () -> {
              Optional<? extends AutoCloseable> session = slots.tryAcquire();
              session.ifPresent(free::add);
              return free.size() == SLOTS;
            });
    for (var session : free) {
      session.close();
    }
  }
}
