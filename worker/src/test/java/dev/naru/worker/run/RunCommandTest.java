package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Documents;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import dev.naru.runfile.RunResult.Outcome;
import dev.naru.worker.source.Credentials;
import dev.naru.worker.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunCommandTest {

  @TempDir private Path folder;

  private final Ground ground = new Ground();

  @AfterEach
  void close() {
    ground.close();
  }

  @Test
  void theTerminationMessageIsTheResult() throws Exception {
    var exit = run(Documents.write(ground.runFile()), run -> new FakeSource(ground.table));

    assertThat(exit).isZero();
    assertThat(result().outcome()).isEqualTo(Outcome.PUBLISHED);
    assertThat(result().runId()).isEqualTo("s-29000000");
    ground.assertTargetEqualsSource();
  }

  @Test
  void aSecretWithoutItsKeysNeedsAPerson() throws Exception {
    var exit =
        run(
            Documents.write(ground.runFile()),
            run -> {
              Credentials.read(folder);
              return new FakeSource(ground.table);
            });

    assertThat(exit).isEqualTo(10);
    assertThat(result().outcome()).isEqualTo(Outcome.ACTION_NEEDED);
    assertThat(result().reason()).isEqualTo("AuthenticationFailed");
    assertThat(result().message()).contains("no readable key 'username'");
    assertThat(ground.ledger("ActionNeeded")).hasSize(1);
  }

  @Test
  void aDefectOfOursIsTriedAgainAndSaysSo() throws Exception {
    var exit =
        run(
            Documents.write(ground.runFile()),
            run -> {
              throw new IllegalStateException("impossible");
            });

    assertThat(exit).isEqualTo(1);
    assertThat(result().reason()).isEqualTo("InternalError");
    assertThat(result().message())
        .contains("IllegalStateException at ", "RunCommandTest.java", "Please report it")
        .as("the message of an exception of Java's or a library's, which may quote a row")
        .doesNotContain("impossible");
  }

  @Test
  void aRunFileOfAnotherVersionOrNoneNeedsAPerson() throws Exception {
    var other = Documents.write(ground.runFile()).replace(RunFile.API_VERSION, "naru.dev/run.v9");

    assertThat(run(other, run -> new FakeSource(ground.table))).isEqualTo(10);
    assertThat(run("{", run -> new FakeSource(ground.table))).isEqualTo(10);
    var nowhere =
        new RunCommand(
            folder.resolve("none.json"),
            Map.of(),
            run -> new FakeSource(ground.table),
            Clock.systemUTC());
    assertThat(nowhere.execute()).isEqualTo(10);
    assertThat(ground.fake.journal()).isEmpty();
  }

  private int run(String document, Function<RunFile, Source> sources)
      throws IOException, InterruptedException {
    var file = Files.writeString(folder.resolve("run.json"), document);
    var environment =
        Map.of(
            Mounts.ENV_JOB_NAME,
            "cars-29000000",
            Mounts.ENV_JOB_UID,
            "5d1c3f6e",
            Mounts.ENV_POD_NAME,
            "cars-29000000-x",
            Mounts.ENV_TERMINATION_LOG,
            folder.resolve("termination").toString());
    return new RunCommand(file, environment, sources, Clock.systemUTC()).execute();
  }

  private RunResult result() throws IOException {
    return Documents.read(Files.readString(folder.resolve("termination")), RunResult.class);
  }
}
