package dev.naru.worker.fetch;

import dev.naru.runfile.FetchEnd;
import dev.naru.runfile.Mounts;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code worker fetch}: what is fetched stands in the environment, why it failed in the pod. */
public final class FetchCommand {

  private static final Logger LOG = LoggerFactory.getLogger(FetchCommand.class);

  private final Map<String, String> environment;

  public FetchCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /** Fetches; the exit code is one of {@link FetchEnd}. */
  public int execute() throws IOException, InterruptedException {
    var uri = environment.getOrDefault(Mounts.ENV_MODEL_URI, "");
    try {
      var checksum = Checksum.parse(environment.getOrDefault(Mounts.ENV_MODEL_CHECKSUM, ""));
      var local = Optional.ofNullable(environment.get(Mounts.ENV_STORAGE_ENDPOINT));
      var folder = Path.of(environment.getOrDefault(Mounts.ENV_MODEL_FOLDER, Mounts.MODEL));
      try (var source = ModelSource.of(URI.create(uri), local)) {
        new Fetch(source, uri, checksum, folder).run();
      }
      return FetchEnd.DONE.code();
    } catch (FetchFailure e) {
      return failed(e.end(), e.getMessage());
    } catch (IllegalArgumentException e) {
      return failed(FetchEnd.NOT_FOUND, e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.atError().setCause(e).log("fetching failed");
      return failed(FetchEnd.FAILED, uri + ": " + e);
    }
  }

  private int failed(FetchEnd end, String message) throws IOException {
    LOG.atError().addKeyValue("end", end).addKeyValue("text", message).log("not fetched");
    Files.writeString(Mounts.terminationLog(environment), message);
    return end.code();
  }
}
