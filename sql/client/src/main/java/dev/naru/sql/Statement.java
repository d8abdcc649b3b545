package dev.naru.sql;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One GoogleSQL statement.
 *
 * @param sql its text
 * @param project the project of tables that are named without one
 * @param dataset the dataset of tables that are named without one; absent, such a name is no table
 * @param parameters type of each named parameter ({@code interval_start: TIMESTAMP}); there are no
 *     others
 */
public record Statement(
    String sql, String project, Optional<String> dataset, Map<String, String> parameters) {

  public Statement {
    parameters = new TreeMap<>(parameters);
  }
}
