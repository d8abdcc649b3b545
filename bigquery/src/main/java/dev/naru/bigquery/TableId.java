package dev.naru.bigquery;

import java.util.regex.Pattern;

/**
 * The full name of a table. Every name that reaches SQL or a URL passes through here, so it holds
 * nothing that could end a quoted identifier; a part that cannot be used in BigQuery is refused
 * with an {@link ActionNeededFailure}.
 */
public record TableId(String project, String dataset, String table) {

  private static final Pattern PROJECT = Pattern.compile("[a-z][a-z0-9.:-]{4,61}[a-z0-9]");
  private static final Pattern DATASET = Pattern.compile("[A-Za-z0-9_]{1,1024}");
  private static final Pattern TABLE =
      Pattern.compile("[\\p{L}\\p{M}\\p{N}\\p{Pc}\\p{Pd} ]{1,1024}");

  public TableId {
    check("project", project, PROJECT, "6 to 63 lower-case letters, digits and hyphens");
    check("dataset", dataset, DATASET, "letters, digits and underscores");
    check("table", table, TABLE, "letters, digits, underscores, hyphens and spaces");
  }

  /** Quoted for GoogleSQL, part by part. */
  public String sql() {
    return "`%s`.`%s`.`%s`".formatted(project, dataset, table);
  }

  /** {@code project.dataset.table}, as people and the ledger write it. */
  @Override
  public String toString() {
    return project + "." + dataset + "." + table;
  }

  private static void check(String part, String value, Pattern allowed, String rule) {
    if (!allowed.matcher(value).matches()) {
      throw new ActionNeededFailure(
          WarehouseReason.INVALID_NAME,
          "The %s name '%s' cannot be used in BigQuery: allowed are %s."
              .formatted(part, value, rule));
    }
  }
}
