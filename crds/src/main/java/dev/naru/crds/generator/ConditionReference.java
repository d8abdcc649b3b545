package dev.naru.crds.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * The reference of conditions and reasons, out of the doc comments of the types that define them:
 * each module names what can go wrong in it.
 */
final class ConditionReference {

  private static final String HEAD =
      """
      # Conditions and reasons

      Generated from the sources by `make crds`. A reason is one word of a closed set, to alert on; the message says
      what is wrong, where, what is allowed and what to do next.
      """;

  private static final Pattern CONSTANT =
      Pattern.compile(
          "/\\*\\*\\s*((?:(?!\\*/).)*?)\\s*\\*/\\s*(?:public static final String )?[A-Z_]+(?: = |\\()\"(\\w+)\"",
          Pattern.DOTALL);

  private ConditionReference() {}

  static String of(Path repository) throws IOException {
    return HEAD
        + section(repository, "Conditions", "crds", "crds/v1alpha1/ConditionTypes")
        + section(repository, "Reasons of the operator", "operator", "operator/status/Reason")
        + section(repository, "Reasons of a source", "worker", "worker/source/SourceReason")
        + section(repository, "Reasons of a warehouse", "bigquery", "bigquery/WarehouseReason");
  }

  private static String section(Path repository, String title, String module, String type)
      throws IOException {
    var source = repository.resolve(module + "/src/main/java/dev/naru/" + type + ".java");
    var text = new StringBuilder("\n## " + title + "\n\n| name | meaning |\n|---|---|\n");
    var constants = CONSTANT.matcher(Files.readString(source));
    if (!constants.results().findAny().isPresent()) {
      throw new IllegalStateException(source + " has no documented constant");
    }
    constants.reset();
    while (constants.find()) {
      text.append("| `%s` | %s |\n".formatted(constants.group(2), plain(constants.group(1))));
    }
    return text.toString();
  }

  /** A doc comment on one line, without its markup. */
  private static String plain(String comment) {
    return comment.replaceAll("\\s*\\n\\s*\\*\\s*", " ").replaceAll("\\{@\\w+ #?([^}]*)}", "`$1`");
  }
}
