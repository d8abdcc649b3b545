package dev.naru.sql;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a statement gives.
 *
 * @param columns its output, in order; empty when it gives no rows
 * @param filters columns that decide which rows there are without being in them: those of WHERE,
 *     JOIN, GROUP BY, HAVING, QUALIFY
 */
public record Analysis(StatementKind kind, List<OutputColumn> columns, Set<Source> filters) {

  /**
   * A column of the output.
   *
   * @param name as BigQuery names it: {@code f0_} for the first without a name
   * @param type in GoogleSQL's words, {@code ARRAY<…>} when it is repeated
   * @param sources the columns whose values it is computed from; empty for constants and COUNT(*)
   */
  public record OutputColumn(String name, String type, Set<Source> sources) {

    public OutputColumn {
      sources = new TreeSet<>(sources);
    }

    /** Whether its mode is REPEATED; it is NULLABLE otherwise. */
    public boolean repeated() {
      return type.startsWith("ARRAY<");
    }
  }

  /** A column of a table that is read. */
  public record Source(TableName table, String column) implements Comparable<Source> {

    private static final Comparator<Source> ORDER =
        Comparator.comparing(Source::table).thenComparing(Source::column);

    @Override
    public int compareTo(Source other) {
      return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
      return table + "." + column;
    }
  }

  public Analysis {
    columns = List.copyOf(columns);
    filters = new TreeSet<>(filters);
  }
}
