package dev.naru.operator.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class RightsTest {

  @Test
  void theChartsRulesAreTheDeclaredOnes() throws IOException {
    var file = Path.of("../charts/naru/files/rules.yaml");
    if ("write".equals(System.getProperty("naru.golden"))) {
      Files.writeString(file, Rights.yaml());
    }
    assertThat(Files.readString(file))
        .as("run this test with -Dnaru.golden=write and review the diff")
        .isEqualTo(Rights.yaml());
  }

  @Test
  void noRightOnSecretsAndNoWildcard() {
    assertThat(Rights.ALL)
        .allSatisfy(
            right -> {
              assertThat(right.resources()).doesNotContain("secrets", "*");
              assertThat(right.verbs()).doesNotContain("*", "deletecollection");
              assertThat(right.why()).isNotBlank();
            });
  }
}
