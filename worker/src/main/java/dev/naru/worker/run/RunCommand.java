package dev.naru.worker.run;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.logs.ProcessContext;
import dev.naru.runfile.Documents;
import dev.naru.runfile.Mounts;
import dev.naru.runfile.RunFile;
import dev.naru.runfile.RunResult;
import dev.naru.worker.source.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code worker run}: one run as the mounted run file says, its result as termination message. */
public final class RunCommand {

  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);

  private final Path runFile;
  private final Map<String, String> environment;
  private final Function<RunFile, Source> sources;
  private final Clock clock;

  /**
   * @param sources opens the source a run file names
   */
  public RunCommand(
      Path runFile,
      Map<String, String> environment,
      Function<RunFile, Source> sources,
      Clock clock) {
    this.runFile = runFile;
    this.environment = environment;
    this.sources = sources;
    this.clock = clock;
  }

  /**
   * Runs.
   *
   * @return the exit code: 0 done, 10 a person must act, 1 another attempt may succeed
   */
  public int execute() throws IOException, InterruptedException {
    RunFile run;
    try {
      run = Documents.read(Files.readString(runFile), RunFile.class);
    } catch (NoSuchFileException e) {
      LOG.error("event=unreadable-run-file path={} error=\"there is no such file\"", runFile);
      return TerminationMessage.ACTION_NEEDED;
    } catch (IllegalArgumentException e) {
      LOG.atError()
          .addKeyValue("path", runFile)
          .addKeyValue("error", e.getMessage())
          .log("unreadable run file");
      return TerminationMessage.ACTION_NEEDED;
    }
    if (!RunFile.API_VERSION.equals(run.apiVersion())) {
      LOG.atError()
          .addKeyValue("version", run.apiVersion())
          .addKeyValue("known", RunFile.API_VERSION)
          .log("unknown run file: operator and worker must be of one release");
      return TerminationMessage.ACTION_NEEDED;
    }
    var self = RunIdentity.of(run, environment, clock.instant());
    ProcessContext.set("IngestionJob", run.job().namespace(), run.job().name(), self.id().value());
    var result = execute(run, self);
    LOG.atInfo()
        .addKeyValue("outcome", result.outcome())
        .addKeyValue("reason", result.reason())
        .addKeyValue("rows", result.rows())
        .addKeyValue("bytes", result.bytes())
        .addKeyValue("text", result.message())
        .log("run ended");
    Files.writeString(Mounts.terminationLog(environment), TerminationMessage.of(result));
    return TerminationMessage.exitCode(result);
  }

  private RunResult execute(RunFile run, RunIdentity self) throws InterruptedException {
    var labels =
        new TreeMap<>(Owner.ingestionJob(run.job().namespace(), run.job().name()).labels());
    labels.put("naru_run", self.key());
    var patience = Patience.until(self.startTime().plus(run.timeout()));
    try (var warehouse = WarehouseSession.open(run.warehouse(), labels, patience)) {
      return new IngestionRun(run, self, warehouse, () -> sources.apply(run), clock).execute();
    } catch (Failure failure) {
      LOG.atError()
          .addKeyValue("reason", failure.reason().code())
          .setCause(failure)
          .log("run failed");
      return new RunReport(run, self, clock).failed(failure);
    }
  }
}
