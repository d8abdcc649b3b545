package dev.naru.bigquery;

import dev.naru.runfile.RunFile.Mode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The one transaction that makes staged rows visible: guards, the change, the ledger row. It fails
 * as a whole or happens as a whole, and leaves the target's schema, partitioning, policy tags, row
 * policies and grants alone. No MERGE: DELETE and INSERT cost about half of one.
 *
 * @param staged columns of the staging table
 * @param columns columns to insert, typed as the target is
 * @param key decides which rows of the target an incremental load replaces
 * @param cursor among staged rows of one key, the one with the greatest value wins
 * @param base run key of the last published run when this run began to read; empty when there was
 *     none
 * @param stagedRows what the staging table must hold
 * @param row the ledger row, outcome {@code PUBLISHED}
 */
public record PublishScript(
    TableId target,
    TableId staging,
    TableId ledger,
    List<Column> staged,
    List<Column> columns,
    Mode mode,
    List<String> key,
    Optional<String> cursor,
    Optional<String> base,
    long stagedRows,
    LedgerRow row) {

  /** What the transaction refuses to do; the texts are found again in the job's error. */
  enum Guard {
    ALREADY_PUBLISHED(
        "naru-guard: this run has published already",
        WarehouseReason.ALREADY_PUBLISHED,
        "Another pod of this run published first; nothing was written twice."),
    SUPERSEDED(
        "naru-guard: another run published meanwhile",
        WarehouseReason.SUPERSEDED,
        "Another run published into the target after this run had begun to read, so these rows may be older than what is there. They were not written; the next attempt reads again."),
    STAGING_CHANGED(
        "naru-guard: the staging table does not hold the verified rows",
        WarehouseReason.VERIFICATION_FAILED,
        "The staging table does not hold the rows that were verified: somebody changed it, or it expired. The target was not touched; the next attempt loads again.");

    private final String text;
    private final WarehouseReason reason;
    private final String message;

    Guard(String text, WarehouseReason reason, String message) {
      this.text = text;
      this.reason = reason;
      this.message = message;
    }

    /** The guard that a job's error message comes from. */
    static Optional<Guard> in(String jobError) {
      for (var guard : values()) {
        if (jobError.contains(guard.text)) {
          return Optional.of(guard);
        }
      }
      return Optional.empty();
    }

    Failure failure() {
      return new RetryableFailure(reason, message);
    }
  }

  public PublishScript {
    staged = List.copyOf(staged);
    columns = List.copyOf(columns);
    key = List.copyOf(key);
    if (mode == Mode.INCREMENTAL && key.isEmpty()) {
      throw new IllegalArgumentException("an incremental publish needs a key");
    }
  }

  /** The script, one statement per paragraph. */
  public String sql() {
    return String.join(
        "\n\n",
        "BEGIN TRANSACTION;",
        guard(Guard.ALREADY_PUBLISHED, alreadyPublished()),
        guard(Guard.SUPERSEDED, lastPublished() + " != " + Sql.string(base.orElse(""))),
        guard(
            Guard.STAGING_CHANGED,
            "(SELECT COUNT(*) FROM %s) != %d".formatted(staging.sql(), stagedRows)),
        remove(),
        insert(),
        Ledger.insert(ledger, row),
        "COMMIT TRANSACTION;");
  }

  private static String guard(Guard guard, String condition) {
    return "SELECT IF(%s,\n  ERROR(%s), 0);".formatted(condition, Sql.string(guard.text));
  }

  private String alreadyPublished() {
    return "EXISTS (SELECT 1 FROM %s WHERE target = %s AND run_key = %s AND outcome = 'Published')"
        .formatted(ledger.sql(), Sql.string(row.target()), Sql.string(row.runKey()));
  }

  private String lastPublished() {
    return "IFNULL((SELECT run_key FROM %s WHERE target = %s AND outcome = 'Published' ORDER BY recorded_at DESC LIMIT 1), '')"
        .formatted(ledger.sql(), Sql.string(row.target()));
  }

  private String remove() {
    return switch (mode) {
      case FULL -> "TRUNCATE TABLE %s;".formatted(target.sql());
      // never pruned by partition: a row whose partition value moved would stay behind
      case INCREMENTAL ->
          "DELETE FROM %s AS t\nWHERE EXISTS (SELECT 1 FROM %s AS s WHERE %s);"
              .formatted(
                  target.sql(),
                  staging.sql(),
                  key.stream().map(this::sameKey).collect(Collectors.joining(" AND ")));
    };
  }

  /**
   * NULL equals NULL here. An equality of one expression per side is what BigQuery can turn into a
   * hash join, so a column that may be NULL is compared by its JSON text, where NULL is {@code
   * null} and a string is quoted.
   */
  private String sameKey(String name) {
    var column = byName(columns).get(name);
    var s = value("s.", name);
    var t = "t." + Sql.column(column.name());
    return column.mode() == Column.Mode.REQUIRED
        ? s + " = " + t
        : "TO_JSON_STRING(%s) = TO_JSON_STRING(%s)".formatted(s, t);
  }

  private String insert() {
    var names =
        columns.stream().map(column -> Sql.column(column.name())).collect(Collectors.joining(", "));
    var values =
        columns.stream().map(column -> value("", column.name())).collect(Collectors.joining(", "));
    var select =
        "INSERT INTO %s (%s)\nSELECT %s\nFROM %s"
            .formatted(target.sql(), names, values, staging.sql());
    return switch (mode) {
      case FULL -> select + ";";
      case INCREMENTAL -> select + "\nWHERE TRUE\nQUALIFY " + newest() + ";";
    };
  }

  private String newest() {
    var partition = key.stream().map(Sql::column).collect(Collectors.joining(", "));
    var order = cursor.map(name -> " ORDER BY " + Sql.column(name) + " DESC").orElse("");
    return "ROW_NUMBER() OVER (PARTITION BY %s%s) = 1".formatted(partition, order);
  }

  /** A staged column as the target's type. */
  private String value(String qualifier, String name) {
    var to = byName(columns).get(name);
    var from = byName(staged).get(name);
    var reference = qualifier + Sql.column(from.name());
    return from.type() == to.type() ? reference : "CAST(%s AS %s)".formatted(reference, to.type());
  }

  private static Map<String, Column> byName(List<Column> columns) {
    var map = new TreeMap<String, Column>(String.CASE_INSENSITIVE_ORDER);
    columns.forEach(column -> map.put(column.name(), column));
    return map;
  }
}
