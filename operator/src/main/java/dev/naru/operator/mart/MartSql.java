package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.Parameter;
import dev.naru.sql.Answer;
import dev.naru.sql.Column;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The SQL of a mart as the analyzer sees it, table after table: what one answers is what the next
 * may read, so that also tables that do not exist yet are checked. Whatever the analyzer cannot
 * tell is left to BigQuery.
 */
final class MartSql {

  private final SqlAnalyzer analyzer;
  private final MartWarehouse warehouse;
  private final RunPlan plan;
  private final Map<TableName, Optional<TableSchema>> schemas = new HashMap<>();
  private final Map<TableId, Optional<MartWarehouse.Existing>> found = new HashMap<>();

  MartSql(SqlAnalyzer analyzer, MartWarehouse warehouse, RunPlan plan) {
    this.analyzer = analyzer;
    this.warehouse = warehouse;
    this.plan = plan;
  }

  /** What can be told of a query. */
  sealed interface Look {

    /** It can run, and answers these columns. */
    record Valid(List<MartWarehouse.Column> columns) implements Look {}

    /** It cannot, and this is where and why. */
    record Invalid(String words) implements Look {}

    /**
     * Nobody could tell.
     *
     * @param cause what kept the analyzer from it
     */
    record Unknown(String why, Answer.Cause cause) implements Look {}
  }

  /** Looks at the query of a table; its parents were looked at before. */
  Look look(RunPlan.Table table) {
    var statement = statement(table);
    return switch (analyzer.references(statement)) {
      case Answer.Refused<References>(var problem) -> new Look.Invalid(problem.toString());
      case Answer.Unknown<References>(var cause, var why) -> new Look.Unknown(why, cause);
      case Answer.Known<References>(var references) -> analyze(table, statement, references);
    };
  }

  private Look analyze(RunPlan.Table table, Statement statement, References references) {
    var catalog = new ArrayList<TableSchema>();
    for (var reference : references.tables()) {
      var schema = schemas.computeIfAbsent(reference.table(), this::schema);
      if (schema.isEmpty()) {
        return new Look.Unknown(
            "the columns of %s are not known".formatted(reference.table()), Answer.Cause.BEYOND);
      }
      catalog.add(schema.get());
    }
    return switch (analyzer.analyze(statement, catalog)) {
      case Answer.Refused<dev.naru.sql.Analysis>(var problem) ->
          new Look.Invalid(problem.toString());
      case Answer.Unknown<dev.naru.sql.Analysis>(var cause, var why) ->
          new Look.Unknown(why, cause);
      case Answer.Known<dev.naru.sql.Analysis>(var analysis) -> {
        var columns =
            analysis.columns().stream()
                .map(it -> new MartWarehouse.Column(it.name(), it.type()))
                .toList();
        learn(table, columns);
        yield new Look.Valid(columns);
      }
    };
  }

  /** What a query answers; BigQuery's own word on it counts more than the analyzer's. */
  void learn(RunPlan.Table table, List<MartWarehouse.Column> columns) {
    var name = name(table.table().target().id());
    schemas.put(name, Optional.of(schema(name, columns)));
  }

  /** Tables of other resources that a query names. */
  List<TableId> upstreams(RunPlan.Table table) {
    var project = plan.mart().warehouse().project();
    return SqlNames.distinct(table.table().sql()).stream()
        .filter(
            name ->
                plan.mart().upstreams().stream().anyMatch(it -> it.table().equals(name.table())))
        .map(name -> name.in(project))
        .distinct()
        .toList();
  }

  /** Columns of the tables that a query names, among those that are known. */
  Set<String> columns(List<SqlNames.Named> named, Set<String> known) {
    var project = plan.mart().warehouse().project();
    return named.stream()
        .filter(it -> known.contains(it.table()))
        .flatMap(it -> find(it.in(project)).stream())
        .flatMap(it -> it.columns().stream())
        .map(MartWarehouse.Column::name)
        .collect(Collectors.toSet());
  }

  /** What there is under a name; asked once in a look, as many queries read the same tables. */
  Optional<MartWarehouse.Existing> find(TableId table) {
    return found.computeIfAbsent(table, warehouse::find);
  }

  private Optional<TableSchema> schema(TableName name) {
    if (name.metadata() || name.wildcard()) {
      return Optional.empty();
    }
    return find(new TableId(name.project(), name.dataset(), name.table()))
        .map(it -> schema(name, it.columns()));
  }

  private static TableSchema schema(TableName name, List<MartWarehouse.Column> columns) {
    return new TableSchema(
        name, columns.stream().map(it -> new Column(it.name(), it.type())).toList());
  }

  /**
   * Columns of a table as it is and as it will be: who reads it now knows the former, whose SQL was
   * changed together with it the latter. Of two types of a column the one that it has.
   */
  Optional<TableSchema> anyColumns(TableName name) {
    var is = schema(name).map(TableSchema::columns).orElse(List.of());
    var columns = new ArrayList<>(is);
    schemas
        .getOrDefault(name, Optional.empty())
        .map(TableSchema::columns)
        .orElse(List.of())
        .stream()
        .filter(it -> is.stream().noneMatch(known -> known.name().equalsIgnoreCase(it.name())))
        .forEach(columns::add);
    return Optional.of(new TableSchema(name, columns)).filter(it -> !it.columns().isEmpty());
  }

  /** A table as the analyzer names it. */
  static TableName name(TableId id) {
    return new TableName(id.project(), id.dataset(), id.table());
  }

  private Statement statement(RunPlan.Table table) {
    var types = new TreeMap<String, String>();
    table
        .parameters()
        .forEach(
            (name, value) ->
                types.put(
                    name,
                    switch (value) {
                      case Parameter.Text _ -> "STRING";
                      case Parameter.Day _ -> "DATE";
                      case Parameter.Moment _ -> "TIMESTAMP";
                    }));
    return new Statement(
        table.table().sql(), plan.mart().warehouse().project(), Optional.empty(), types);
  }
}
