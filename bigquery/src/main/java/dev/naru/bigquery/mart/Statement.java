package dev.naru.bigquery.mart;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * A GoogleSQL query with its named parameters.
 *
 * @param parameters by name without the {@code @}; those that the SQL does not use do no harm
 */
public record Statement(String sql, Map<String, Parameter> parameters) {

  public Statement {
    parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
  }
}
