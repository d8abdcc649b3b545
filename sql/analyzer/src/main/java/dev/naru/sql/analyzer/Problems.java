package dev.naru.sql.analyzer;

import com.google.zetasql.SqlException;
import com.google.zetasql.io.grpc.Status;
import com.google.zetasql.io.grpc.StatusRuntimeException;
import dev.naru.sql.Answer;
import dev.naru.sql.Position;
import dev.naru.sql.SqlProblem;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** ZetaSQL's error texts, the only form in which it tells a position or a suggestion. */
final class Problems {

  private static final Pattern AT = Pattern.compile("\\s*\\[at (\\d+):(\\d+)\\]\\s*$");
  private static final Pattern SUGGESTION =
      Pattern.compile("; Did you mean (.+?)\\?(?=$|\\s)", Pattern.DOTALL);

  /** What BigQuery may know although ZetaSQL does not: only BigQuery can refuse it. */
  private static final Pattern BEYOND =
      Pattern.compile(
          "^(Function not found|Table-valued function not found|Type not found|Model not found|"
              + "Procedure not found|Property graph not found)\\b|\\bis not supported\\b"
              + "|^Unsupported ");

  /** A column of a table that is named: ZetaSQL suggests nothing for these. */
  private static final Pattern QUALIFIED = Pattern.compile("^Name (\\S+) not found inside \\S+$");

  private static final Pattern PARAMETER = Pattern.compile("^Query parameter '(\\S+)' not found$");

  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private Problems() {}

  /**
   * What the exception says.
   *
   * @param columns names of the columns that could have been meant
   * @param parameters names of the parameters that could have been meant
   */
  static <T> Answer<T> answer(
      SqlException e,
      NormalizedSql sql,
      Collection<String> columns,
      Collection<String> parameters) {
    var text = String.valueOf(e.getMessage()).strip();
    if (!aboutTheStatement(e)) {
      return beyond(text);
    }
    var at = AT.matcher(text);
    Optional<Position> position = Optional.empty();
    if (at.find()) {
      position =
          Optional.of(sql.position(Integer.parseInt(at.group(1)), Integer.parseInt(at.group(2))));
      text = text.substring(0, at.start());
    }
    if (BEYOND.matcher(text).find()) {
      return beyond(text);
    }
    var suggestion = SUGGESTION.matcher(text);
    Optional<String> nearest = Optional.empty();
    if (suggestion.find()) {
      nearest = Optional.of(suggestion.group(1));
      text = text.substring(0, suggestion.start()) + text.substring(suggestion.end());
    }
    if (nearest.isEmpty()) {
      nearest = nearest(QUALIFIED, text, columns);
    }
    if (nearest.isEmpty()) {
      nearest = nearest(PARAMETER, text, parameters);
    }
    return new Answer.Refused<>(new SqlProblem(oneLine(text), position, nearest));
  }

  /** A message that could not be read, was too large or did not come says nothing of the SQL. */
  private static boolean aboutTheStatement(SqlException e) {
    return e.getCause() instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.INVALID_ARGUMENT;
  }

  private static <T> Answer<T> beyond(String text) {
    return new Answer.Unknown<>(
        Answer.Cause.BEYOND, "beyond the SQL analyzer, which says: " + oneLine(text));
  }

  private static Optional<String> nearest(Pattern said, String text, Collection<String> names) {
    var name = said.matcher(text);
    return name.find() ? nearest(name.group(1), names) : Optional.empty();
  }

  /** The name with the fewest letters changed, if these are at most a third. */
  private static Optional<String> nearest(String name, Collection<String> candidates) {
    return candidates.stream()
        .filter(it -> DISTANCE.apply(name, it) <= Math.max(1, name.length() / 3))
        .min(
            Comparator.comparing((String it) -> DISTANCE.apply(name, it))
                .thenComparing(Comparator.naturalOrder()));
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
