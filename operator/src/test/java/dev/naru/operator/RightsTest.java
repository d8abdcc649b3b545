package dev.naru.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.naru.operator.rights.Purpose;
import dev.naru.operator.rights.Right;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RightsTest {

  private static final Path CHART = Path.of("../charts/naru");

  @Test
  void theChartsRulesAreTheDeclaredOnes() throws IOException {
    sameOrWritten(CHART.resolve("files/rules.yaml"), OperatorRights.ALL.yaml());
  }

  @Test
  void theChartsReadmeShowsTheDeclaredOnes() throws IOException {
    var readme = CHART.resolve("README.md");
    var text = Files.readString(readme);
    var begin = "<!-- rights -->\n";
    var head = text.substring(0, text.indexOf(begin) + begin.length());
    var tail = text.substring(text.indexOf("<!-- end of rights -->"));
    sameOrWritten(readme, head + OperatorRights.ALL.table() + tail);
  }

  /** A reconciler that declares nothing, or whose declaration nobody collects, would get a 403. */
  @Test
  void everyReconcilerDeclaresItsRightsAndEveryDeclarationIsCollected() throws Exception {
    var classes =
        new ClassFileImporter()
            .withImportOption(new DoNotIncludeTests())
            .importPackages("dev.naru.operator");
    var declaring = new ArrayList<JavaClass>();
    for (var type : classes) {
      var declares = type.tryGetField("RIGHTS").isPresent();
      assertThat(declares || !type.isAssignableTo(Reconciler.class))
          .as("%s declares its RIGHTS", type.getName())
          .isTrue();
      if (declares) {
        declaring.add(type);
      }
    }
    assertThat(declaring).hasSizeGreaterThan(3);
    for (var type : declaring) {
      for (var right : declared(type)) {
        assertThat(OperatorRights.ALL.rules())
            .as("%s: %s", type.getName(), right)
            .anyMatch(
                rule ->
                    rule.purpose() == right.purpose()
                        && rule.group().equals(right.group())
                        && rule.resource().equals(right.resource())
                        && rule.verbs().containsAll(right.verbs())
                        && rule.reasons().contains(right.why()));
      }
    }
  }

  @Test
  void noRightOnSecretsAndNoWildcard() {
    assertThat(OperatorRights.ALL.rules())
        .isNotEmpty()
        .noneMatch(rule -> rule.resource().startsWith("secrets"))
        .noneMatch(rule -> (rule.resource() + rule.group()).contains("*"));
  }

  @Test
  void everyPurposeHasRights() {
    assertThat(OperatorRights.ALL.rules())
        .extracting(it -> it.purpose())
        .contains(Purpose.values());
  }

  @SuppressWarnings("unchecked")
  private static List<Right> declared(JavaClass type) throws ReflectiveOperationException {
    var field = type.reflect().getDeclaredField("RIGHTS");
    field.setAccessible(true);
    return (List<Right>) field.get(null);
  }

  private static void sameOrWritten(Path file, String text) throws IOException {
    if ("write".equals(System.getProperty("naru.golden"))) {
      Files.writeString(file, text);
    }
    assertThat(Files.readString(file))
        .as("run this test with -Dnaru.golden=write and review the diff")
        .isEqualTo(text);
  }
}
