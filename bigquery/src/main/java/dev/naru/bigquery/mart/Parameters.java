package dev.naru.bigquery.mart;

import com.google.api.services.bigquery.model.JobConfiguration;
import com.google.api.services.bigquery.model.JobConfigurationQuery;
import com.google.api.services.bigquery.model.QueryParameter;
import com.google.api.services.bigquery.model.QueryParameterType;
import com.google.api.services.bigquery.model.QueryParameterValue;
import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.Sql;
import dev.naru.bigquery.WarehouseReason;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Locale;
import java.util.TreeMap;

/** Named parameters, as BigQuery's API and as SQL write them. Pure. */
final class Parameters {

  private Parameters() {}

  /** The job of a text that uses a statement's parameters. */
  static JobConfiguration job(String sql, Statement statement) {
    var query = new JobConfigurationQuery().setQuery(sql).setUseLegacySql(false);
    if (!statement.parameters().isEmpty()) {
      var all = new ArrayList<QueryParameter>();
      statement.parameters().forEach((name, value) -> all.add(parameter(name, value)));
      query.setParameterMode("NAMED").setQueryParameters(all);
    }
    return new JobConfiguration().setQuery(query);
  }

  private static QueryParameter parameter(String name, Parameter value) {
    return new QueryParameter()
        .setName(name)
        .setParameterType(new QueryParameterType().setType(type(value)))
        .setParameterValue(new QueryParameterValue().setValue(text(value)));
  }

  private static String type(Parameter value) {
    return switch (value) {
      case Parameter.Text _ -> "STRING";
      case Parameter.Day _ -> "DATE";
      case Parameter.Moment _ -> "TIMESTAMP";
    };
  }

  private static String text(Parameter value) {
    return switch (value) {
      case Parameter.Text text -> text.value();
      case Parameter.Day day -> day.value().toString();
      case Parameter.Moment moment -> moment.value().truncatedTo(ChronoUnit.MICROS).toString();
    };
  }

  /** A statement that can be run as it stands: its parameters are literals. */
  static String inlined(Statement statement) {
    var values = new TreeMap<String, Parameter>(String.CASE_INSENSITIVE_ORDER);
    values.putAll(statement.parameters());
    return SqlScan.inlined(
        statement.sql(), name -> values.containsKey(name) ? literal(values.get(name)) : "@" + name);
  }

  private static String literal(Parameter value) {
    return switch (value) {
      case Parameter.Text text -> Sql.string(text.value());
      case Parameter.Day day -> "DATE '" + day.value() + "'";
      case Parameter.Moment moment -> Sql.timestamp(moment.value());
    };
  }

  /** A stored query cannot have parameters: each of its readers would have to give them. */
  static void refuse(String path, String kind, String sql) {
    var used = SqlScan.parameters(sql);
    if (!used.isEmpty()) {
      throw new ActionNeededFailure(
          WarehouseReason.INVALID_QUERY,
          "%s: a %s cannot use @%s: it is a stored query without a run. Use CURRENT_DATE() and the like, write the value itself, or choose another materialization."
              .formatted(path, kind.toLowerCase(Locale.ROOT), String.join(", @", used)));
    }
  }
}
