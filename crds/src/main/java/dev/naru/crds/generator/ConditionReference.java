package dev.naru.crds.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.UnaryOperator;
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
      what is wrong, where, what is allowed and what to do next. Each reason links to the
      [failure catalogue](failures.md): an example, the cause, the way out.
      """;

  private static final Pattern CONSTANT =
      Pattern.compile(
          "/\\*\\*\\s*((?:(?!\\*/).)*?)\\s*\\*/\\s*(?:public static final String )?[A-Z_]+(?: = |\\()\"(\\w+)\"",
          Pattern.DOTALL);

  private ConditionReference() {}

  static String of(Path repository) throws IOException {
    return HEAD
        + section(repository, "Conditions", name -> name, "crds/v1alpha1/ConditionTypes")
        + reasons(repository, "Reasons of the operator", "operator/status/Reason")
        + reasons(
            repository, "Ends of a run", "worker/run/RunReason", "operator/ingestion/LostReason")
        + reasons(repository, "Ends of a run of a mart", "operator/mart/MartReason")
        + reasons(repository, "Reasons of a Backfill", "operator/backfill/BackfillReason")
        + reasons(repository, "Reasons of a ModelService", "operator/model/ModelReason")
        + reasons(repository, "Reasons of a source", "worker/source/SourceReason")
        + reasons(repository, "Reasons of a warehouse", "bigquery/WarehouseReason")
        + reasons(repository, "Reasons of Events", "operator/status/EventReason");
  }

  /** Each leads to its entry in the failure catalogue; e2e/docs/check sees that there is one. */
  private static String reasons(Path repository, String title, String... types) throws IOException {
    return section(
        repository,
        title,
        name -> "[%s](failures.md#%s)".formatted(name, code(name).toLowerCase(Locale.ROOT)),
        types);
  }

  private static String section(
      Path repository, String title, UnaryOperator<String> link, String... types)
      throws IOException {
    var text = new StringBuilder("\n## " + title + "\n\n| name | meaning |\n|---|---|\n");
    for (var type : types) {
      var module = type.substring(0, type.indexOf('/'));
      var source = repository.resolve(module + "/src/main/java/dev/naru/" + type + ".java");
      var constants = CONSTANT.matcher(Files.readString(source)).results().toList();
      if (constants.isEmpty()) {
        throw new IllegalStateException(source + " has no documented constant");
      }
      for (var constant : constants) {
        var name = link.apply("`" + constant.group(2) + "`");
        text.append("| %s | %s |\n".formatted(name, plain(constant.group(1))));
      }
    }
    return text.toString();
  }

  private static String code(String quoted) {
    return quoted.substring(1, quoted.length() - 1);
  }

  /** A doc comment on one line, without its markup. */
  private static String plain(String comment) {
    return comment.replaceAll("\\s*\\n\\s*\\*\\s*", " ").replaceAll("\\{@\\w+ #?([^}]*)}", "`$1`");
  }
}
