package dev.naru.worker;

import dev.naru.bigquery.Failure;
import dev.naru.runfile.Documents;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.ProbeFile;
import dev.naru.runfile.ProbeResult;
import dev.naru.worker.bench.Bench;
import dev.naru.worker.bench.BenchOptions;
import dev.naru.worker.fetch.FetchCommand;
import dev.naru.worker.probe.Probe;
import dev.naru.worker.run.RunCommand;
import dev.naru.worker.source.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The worker's command line. */
public final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private static final int USAGE_ERROR = 2;

  private static final String USAGE =
      """
      usage: worker COMMAND

        run [FOLDER…]    one ingestion run, as %s says; outside a pod one for each folder
                         with the files run.json, username and password
        probe            looks whether the source of %s can be read
        fetch            fetches the model that the environment names into %s, and verifies it
        %s
                         reads a table into local Avro files or nowhere, prints what it took

      Exit codes: 0 done; 10 a person must act first; anything else: another attempt may succeed.
      """
          .formatted(Mounts.RUN_FILE, Mounts.PROBE_FILE, Mounts.MODEL, BenchOptions.USAGE);

  private Worker() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Thread.setDefaultUncaughtExceptionHandler((_, defect) -> failed(defect));
    System.exit(execute(List.of(arguments)));
  }

  /** Without it, Java would write the exception's message, in which a value of a row may stand. */
  private static void failed(Throwable defect) {
    LOG.atError().setCause(defect).log("the worker failed by a defect of its own");
    System.exit(1);
  }

  static int execute(List<String> arguments) throws IOException, InterruptedException {
    var command = arguments.isEmpty() ? "" : arguments.getFirst();
    return switch (command) {
      case "run" ->
          arguments.size() == 1
              ? run(Path.of(Mounts.RUN_FILE), Path.of(Mounts.CREDENTIALS))
              : run(arguments.subList(1, arguments.size()));
      case "probe" -> probe();
      case "fetch" -> new FetchCommand(System.getenv()).execute();
      case "bench" -> bench(arguments.subList(1, arguments.size()));
      case "--help", "help" -> {
        System.out.print(USAGE);
        yield 0;
      }
      default -> {
        System.err.print(USAGE);
        yield USAGE_ERROR;
      }
    };
  }

  /** Runs one after another; the exit code is that of the first that is not done. */
  private static int run(List<String> folders) throws IOException, InterruptedException {
    for (var name : folders) {
      var folder = Path.of(name);
      var exit = run(folder.resolve("run.json"), folder);
      if (exit != 0) {
        return exit;
      }
    }
    return 0;
  }

  private static int run(Path runFile, Path credentials) throws IOException, InterruptedException {
    return new RunCommand(
            runFile,
            System.getenv(),
            run -> Sources.of(run, Credentials.read(credentials)),
            Clock.systemUTC())
        .execute();
  }

  private static int probe() throws IOException {
    var file = Documents.read(Files.readString(Path.of(Mounts.PROBE_FILE)), ProbeFile.class);
    if (!ProbeFile.API_VERSION.equals(file.apiVersion())) {
      LOG.atError()
          .addKeyValue("version", file.apiVersion())
          .addKeyValue("known", ProbeFile.API_VERSION)
          .log("unknown probe file: operator and worker must be of one release");
      return Probe.ACTION_NEEDED;
    }
    var probe = Probe.of(file.source(), () -> Credentials.read(Path.of(Mounts.CREDENTIALS)));
    report(probe.result());
    return probe.exitCode();
  }

  private static void report(ProbeResult result) throws IOException {
    LOG.atInfo()
        .addKeyValue("reachable", result.reachable())
        .addKeyValue("reason", result.reason())
        .addKeyValue("text", result.message())
        .addKeyValue("warnings", result.warnings())
        .log("probed");
    Files.writeString(Mounts.terminationLog(System.getenv()), Documents.write(result));
  }

  private static int bench(List<String> options) throws IOException, InterruptedException {
    try {
      new Bench(BenchOptions.parse(options), Sources::of).run(System.out);
      return 0;
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      return USAGE_ERROR;
    } catch (Failure e) {
      System.err.println(e.reason().code() + ": " + e.getMessage());
      return 1;
    }
  }
}
