package dev.naru.crds.generator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Manifests out of {@code samples/}, which tests apply as they are. */
final class Examples {

  private static final Pattern KIND = Pattern.compile("^kind: (\\w+)$", Pattern.MULTILINE);

  private Examples() {}

  /**
   * One manifest.
   *
   * @param file where it stands, from the root of the repository
   */
  record Example(String file, String yaml) {}

  /** For each kind the longest manifest: patches of overlays are shorter than what they patch. */
  static Map<String, Example> of(Path repository) throws IOException {
    var longest = new HashMap<String, Example>();
    try (var files = Files.walk(repository.resolve("samples"))) {
      files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .flatMap(file -> documents(repository, file))
          .forEach(example -> keep(longest, example));
    }
    return longest;
  }

  private static void keep(Map<String, Example> longest, Example example) {
    var kind = KIND.matcher(example.yaml());
    if (kind.find()) {
      longest.merge(
          kind.group(1),
          example,
          (one, other) ->
              List.of(one, other).stream()
                  .max(Comparator.comparingInt(it -> it.yaml().length()))
                  .orElseThrow());
    }
  }

  private static Stream<Example> documents(Path repository, Path file) {
    try {
      var name = repository.relativize(file).toString();
      return Arrays.stream(Files.readString(file).split("(?m)^---$", -1))
          .map(yaml -> new Example(name, yaml.strip()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
