package dev.naru.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares an object with its checked-in YAML. To accept a change, run the test with {@code
 * -Dnaru.golden=write} and review the diff.
 */
public final class Golden {

  private Golden() {}

  /** Compares with {@code src/test/resources/golden/<name>.yaml}. */
  public static void assertMatches(String name, Object object) {
    var file = Path.of("src/test/resources/golden", name + ".yaml");
    var yaml = Lenient.serialization().asYaml(object);
    try {
      if ("write".equals(System.getProperty("naru.golden"))) {
        Files.writeString(file, yaml);
      }
      assertThat(yaml).isEqualTo(Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
