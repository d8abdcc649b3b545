package dev.naru.sql;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The full name of a table; upper and lower case are different names, as in BigQuery.
 *
 * @param project may have dots before a colon: {@code example.com:analytics}
 * @param table the table, or for a view of metadata {@code INFORMATION_SCHEMA.NAME}
 */
public record TableName(String project, String dataset, String table)
    implements Comparable<TableName> {

  private static final String METADATA = "INFORMATION_SCHEMA";

  /** A dot that is not inside the domain of a project. */
  private static final Pattern DOT = Pattern.compile("\\.(?![^:]*:)");

  private static final Comparator<TableName> ORDER =
      Comparator.comparing(TableName::project)
          .thenComparing(TableName::dataset)
          .thenComparing(TableName::table);

  /**
   * Reads {@code project.dataset.table} or {@code dataset.table}.
   *
   * @param path without back quotes
   * @param project the project of a path without one
   * @return empty for a path of another length
   */
  public static Optional<TableName> of(String path, String project) {
    var metadata = path.toUpperCase(Locale.ROOT).lastIndexOf("." + METADATA + ".");
    var parts = parts(metadata < 0 ? path : path.substring(0, metadata));
    if (metadata >= 0) {
      var view = path.substring(metadata + 1);
      return switch (parts.size()) {
        case 1 -> Optional.of(new TableName(project, parts.getFirst(), view));
        case 2 -> Optional.of(new TableName(parts.getFirst(), parts.getLast(), view));
        default -> Optional.empty();
      };
    }
    return switch (parts.size()) {
      case 2 -> Optional.of(new TableName(project, parts.getFirst(), parts.getLast()));
      case 3 -> Optional.of(new TableName(parts.get(0), parts.get(1), parts.get(2)));
      default -> Optional.empty();
    };
  }

  /** The names that a path is made of. */
  public static List<String> parts(String path) {
    return List.of(DOT.split(path, -1));
  }

  /** Reads what {@link #toString} writes. */
  @JsonCreator
  public static TableName parse(String text) {
    return of(text, "")
        .filter(it -> !it.project.isEmpty())
        .orElseThrow(() -> new IllegalArgumentException(text + " is not project.dataset.table"));
  }

  /** Whether it is a view of BigQuery's own metadata. */
  public boolean metadata() {
    return table.regionMatches(true, 0, METADATA + ".", 0, METADATA.length() + 1);
  }

  /** Whether it names several tables by their beginning, such as {@code events_*}. */
  public boolean wildcard() {
    return table.endsWith("*");
  }

  @Override
  public int compareTo(TableName other) {
    return ORDER.compare(this, other);
  }

  @Override
  @JsonValue
  public String toString() {
    return project + "." + dataset + "." + table;
  }
}
