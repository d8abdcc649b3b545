package dev.naru.sql;

import java.util.List;

/**
 * Knows GoogleSQL without asking BigQuery. Every answer may be {@link Answer.Unknown}: the analyzer
 * is a process of its own that can be absent, dead or late, and whoever asks goes on without it.
 */
public interface SqlAnalyzer {

  /** Largest statement that is looked at, in characters; a longer one is beyond the analyzer. */
  int LONGEST_STATEMENT = 32 * 1024;

  /** Most tables in a catalog. */
  int MOST_TABLES = 500;

  /** Most columns in all tables of a catalog together. */
  int MOST_COLUMNS = 50_000;

  /** Where there is no analyzer at all. */
  SqlAnalyzer NONE =
      new SqlAnalyzer() {
        private static final String WHY = "no SQL analyzer is configured";

        @Override
        public Answer<References> references(Statement statement) {
          return new Answer.Unknown<>(Answer.Cause.NONE, WHY);
        }

        @Override
        public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
          return new Answer.Unknown<>(Answer.Cause.NONE, WHY);
        }
      };

  /** Kind and tables of a statement, from its text alone. */
  Answer<References> references(Statement statement);

  /**
   * Output columns and lineage of a statement.
   *
   * @param catalog the tables that the statement names, with their columns. One that is missing is
   *     a mistake in the statement: who cannot tell the columns of a table that exists should not
   *     ask
   */
  Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog);
}
