package dev.naru.operator.mart;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody may have meant. Pure. */
public final class Nearest {

  private static final Pattern COLUMN = Pattern.compile("Unrecognized name: `?([\\p{L}\\w.]+)`?");

  /** A third of a name may be wrong. */
  private static final int SHARE = 3;

  private Nearest() {}

  /** {@code ; did you mean 'x'?}, or nothing when no name is near. */
  public static String suggestion(String wanted, Collection<String> names) {
    var distance = new LevenshteinDistance(Math.max(1, wanted.length() / SHARE));
    record Candidate(String name, int distance) {}
    return names.stream()
        .map(
            it ->
                new Candidate(
                    it,
                    distance.apply(wanted.toLowerCase(Locale.ROOT), it.toLowerCase(Locale.ROOT))))
        .filter(it -> it.distance() >= 0)
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(it -> "; did you mean '%s'?".formatted(it.name()))
        .orElse("");
  }

  /**
   * What somebody may have meant by a name that BigQuery does not know; nothing when it says so
   * itself, or speaks of something else.
   *
   * @param refusal BigQuery's words
   * @param named what the SQL names
   * @param tables {@code dataset.table} of all that is known
   * @param columns of what the SQL names; asked only when a column is unknown
   */
  static String ofRefusal(
      String refusal,
      List<SqlNames.Named> named,
      Collection<String> tables,
      Supplier<? extends Collection<String>> columns) {
    if (refusal.toLowerCase(Locale.ROOT).contains("did you mean")) {
      return "";
    }
    var column = COLUMN.matcher(refusal);
    if (column.find()) {
      var path = column.group(1);
      return suggestion(path.substring(path.lastIndexOf('.') + 1), columns.get());
    }
    var said = refusal.replace(':', '.');
    return named.stream()
        .map(SqlNames.Named::table)
        .filter(it -> !tables.contains(it) && said.contains(it))
        .findFirst()
        .map(it -> suggestion(it, tables))
        .orElse("");
  }
}
