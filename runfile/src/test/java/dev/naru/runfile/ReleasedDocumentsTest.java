package dev.naru.runfile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a released version wrote is read by this one: a Job that runs during an upgrade ends with a
 * result of the old worker, and run files of the old operator stay while a Job refers to them.
 */
class ReleasedDocumentsTest {

  private static final Path RELEASED = Path.of("../charts/released");
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A document of a release. */
  record Released(Path file) {

    String text() {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new java.io.UncheckedIOException(e);
      }
    }

    String name() {
      return file.getFileName().toString();
    }

    @Override
    public String toString() {
      return RELEASED.relativize(file).toString();
    }
  }

  static List<Released> documents() throws IOException {
    try (var files = Files.walk(RELEASED, 3)) {
      return files
          .filter(it -> it.toString().endsWith(".json"))
          .filter(it -> it.getParent().endsWith("documents"))
          .sorted()
          .map(Released::new)
          .toList();
    }
  }

  static Stream<Released> runFiles() throws IOException {
    return documents().stream().filter(it -> it.name().startsWith("run-"));
  }

  @ParameterizedTest
  @MethodSource("documents")
  void isReadWithoutLoss(Released document) throws IOException {
    var before = JSON.readTree(document.text());

    var read = Documents.read(document.text(), type(document.name()));

    var after = JSON.readTree(Documents.write(read));
    assertThat(lost("", before, after)).as("fields that are dropped or changed").isEmpty();
    assertThat(before.path("apiVersion").asText())
        .as("another version of a document is refused by its reader")
        .isIn(
            RunFile.API_VERSION,
            RunResult.API_VERSION,
            ProbeFile.API_VERSION,
            ProbeResult.API_VERSION);
  }

  @ParameterizedTest
  @MethodSource("runFiles")
  void sameRunFileIsTheSameRun(Released document) throws IOException {
    var identities = new Properties();
    identities.load(
        new StringReader(
            Files.readString(document.file().resolveSibling("identities.properties"))));

    var run = Documents.read(document.text(), RunFile.class);

    assertThat(SampleDocuments.identity(run))
        .as("a new run key repeats a run, a new fingerprint makes every increment a full load")
        .isEqualTo(identities.getProperty(document.name()));
  }

  @Test
  void samplesHoldEveryValueOfEveryEnum() {
    var all = SampleDocuments.all().values().stream().map(Documents::write).toList().toString();

    assertThat(
            Stream.of(
                    RunResult.Outcome.values(),
                    RunFile.Mode.values(),
                    RunFile.Granularity.values(),
                    RunFile.NewColumns.values(),
                    Database.Engine.values(),
                    Database.TlsMode.values())
                .flatMap(Arrays::stream)
                .map(Documents::write))
        .allMatch(all::contains);
  }

  private static Class<?> type(String name) {
    var kind = name.substring(0, name.indexOf('-'));
    return switch (kind) {
      case "run" -> RunFile.class;
      case "result" -> RunResult.class;
      case "probe" -> ProbeFile.class;
      case "probed" -> ProbeResult.class;
      default -> throw new IllegalArgumentException("no document is called " + name);
    };
  }

  /** Paths of {@code before} whose value {@code after} does not have. */
  private static List<String> lost(String path, JsonNode before, JsonNode after) {
    if (before.isObject() && after.isObject()) {
      return before.properties().stream()
          .flatMap(
              it -> lost(path + "." + it.getKey(), it.getValue(), after.path(it.getKey())).stream())
          .toList();
    }
    return before.equals(after) ? List.of() : List.of(path + ": " + before + ", now " + after);
  }
}
