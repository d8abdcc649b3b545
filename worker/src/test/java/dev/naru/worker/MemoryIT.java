package dev.naru.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.Database.Engine;
import dev.naru.worker.server.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory does not depend on the table: 300 MB of wide rows pass through a heap of 64 MB. */
class MemoryIT {

  private static final int ROWS = 600;

  @ParameterizedTest
  @EnumSource(Engine.class)
  void wideRowsPassThroughASmallHeap(Engine engine) throws IOException, InterruptedException {
    var url =
        switch (engine) {
          case POSTGRESQL -> {
            TestServer.postgresql()
                .execute(
                    "postgres",
                    "CREATE TABLE wide (id int PRIMARY KEY, body text)",
                    "INSERT INTO wide SELECT g, repeat(md5(g::text), 16384) FROM generate_series(1, %d) g"
                        .formatted(ROWS));
            yield TestServer.postgresql().url("postgres");
          }
          case MYSQL -> {
            TestServer.mariaDb()
                .execute(
                    "mysql",
                    "CREATE DATABASE IF NOT EXISTS public",
                    "CREATE TABLE public.wide (id int PRIMARY KEY, body longtext)",
                    "INSERT INTO public.wide SELECT seq, repeat(md5(seq), 16384) FROM seq_1_to_%d"
                        .formatted(ROWS),
                    "ANALYZE TABLE public.wide");
            yield TestServer.mariaDb().url("public");
          }
        };
    var process =
        new ProcessBuilder(
                List.of(
                    ProcessHandle.current().info().command().orElseThrow(),
                    "-XX:+UseSerialGC",
                    "-Xmx64m",
                    "--enable-native-access=ALL-UNNAMED",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Worker.class.getName(),
                    "bench",
                    "--url",
                    url,
                    "--table",
                    "public.wide"))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    var output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(output).contains("rows=" + ROWS + " ").contains("rowMb=300 ");
  }
}
