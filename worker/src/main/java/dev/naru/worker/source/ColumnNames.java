package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** Names a job uses: which columns it selects, and whether BigQuery can have them. */
public final class ColumnNames {

  /** Avro allows no other characters, so staged files cannot carry them. */
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,299}");

  private static final List<String> RESERVED =
      List.of(
          "_TABLE_",
          "_FILE_",
          "_PARTITION",
          "_ROW_TIMESTAMP",
          "__ROOT__",
          "_COLIDENTIFIER",
          "_CHANGE_SEQUENCE_NUMBER",
          "_CHANGE_TYPE",
          "_CHANGE_TIMESTAMP");

  private ColumnNames() {}

  /** Refuses names among which BigQuery could not tell, or that it does not allow. */
  public static void checkSupported(String table, List<String> selected) {
    var seen = new HashMap<String, String>();
    for (var name : selected) {
      if (!ALLOWED.matcher(name).matches()) {
        throw unsupported(
            table, name, "letters, digits and '_' are allowed, at most 300, not a digit first");
      }
      var upper = name.toUpperCase(Locale.ROOT);
      for (var prefix : RESERVED) {
        if (upper.startsWith(prefix)) {
          throw unsupported(
              table, name, "names that begin with '%s' are reserved".formatted(prefix));
        }
      }
      var other = seen.putIfAbsent(upper, name);
      if (other != null) {
        throw unsupported(
            table, name, "BigQuery ignores case, and there is also a column '%s'".formatted(other));
      }
    }
  }

  /**
   * Refuses a name that the table does not have.
   *
   * @param field path of the field that names it
   */
  public static void checkExists(
      String field, String table, Collection<String> named, Collection<String> existing) {
    for (var name : named) {
      if (!existing.contains(name)) {
        throw new ActionNeededFailure(
            SourceReason.COLUMN_NOT_FOUND,
            "%s: table %s has no column '%s'%s Names are case-sensitive here; write it as the source has it."
                .formatted(field, table, name, Nearest.hint(name, existing)));
      }
    }
  }

  /** Refuses a column that is needed by a field but not selected. */
  public static void checkSelected(
      String field, Collection<String> named, Collection<String> selected) {
    for (var name : named) {
      if (!selected.contains(name)) {
        throw new ActionNeededFailure(
            SourceReason.COLUMN_NOT_FOUND,
            "%s: column '%s' is left out by spec.source.columns, but it is needed here; include it."
                .formatted(field, name));
      }
    }
  }

  private static ActionNeededFailure unsupported(String table, String name, String why) {
    return new ActionNeededFailure(
        SourceReason.COLUMN_NAME_UNSUPPORTED,
        "Column '%s' of %s cannot be a column of BigQuery: %s. Leave it out with spec.source.columns.exclude, or read a view that gives it another name."
            .formatted(name, table, why));
  }
}
