package dev.naru.sql.analyzer;

import com.google.zetasql.Analyzer;
import com.google.zetasql.SqlException;
import com.google.zetasql.parser.ASTNodes;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedOutputColumn;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedQueryStmt;
import com.google.zetasql.resolvedast.ResolvedNodes.ResolvedStatement;
import dev.naru.sql.Analysis;
import dev.naru.sql.Analysis.OutputColumn;
import dev.naru.sql.Answer;
import dev.naru.sql.Column;
import dev.naru.sql.Position;
import dev.naru.sql.References;
import dev.naru.sql.References.Reference;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.SqlProblem;
import dev.naru.sql.Statement;
import dev.naru.sql.StatementKind;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Analysis by ZetaSQL in this process. A fault of its native library ends the process, hence {@link
 * AnalyzerServer}. Needs a thread with a large stack for deeply nested statements.
 */
final class ZetaSqlAnalyzer implements SqlAnalyzer {

  @Override
  public Answer<References> references(Statement statement) {
    return parsed(statement, List.of(), sql -> new Answer.Known<>(references(statement, sql)));
  }

  @Override
  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
    return parsed(statement, catalog, sql -> analyze(statement, sql, catalog));
  }

  private static <T> Answer<T> parsed(
      Statement statement, List<TableSchema> catalog, Function<NormalizedSql, Answer<T>> further) {
    var sql = NormalizedSql.unchanged(statement.sql());
    try {
      try {
        sql = NormalizedSql.of(statement.sql(), GoogleSql.language());
      } catch (SqlException e) {
        // refused for the same reason, this time with the place
        names(sql);
        throw e;
      }
      return further.apply(sql);
    } catch (SqlException e) {
      var columns =
          catalog.stream()
              .flatMap(it -> it.columns().stream())
              .map(Column::name)
              .distinct()
              .toList();
      return Problems.answer(e, sql, columns, statement.parameters().keySet());
    } catch (GoogleSql.UnknownTypeException e) {
      return beyond(e.getMessage());
    }
  }

  private static List<List<String>> names(NormalizedSql sql) {
    return Analyzer.extractTableNamesFromStatement(sql.text(), GoogleSql.options(Map.of()));
  }

  private static Answer<Analysis> analyze(
      Statement statement, NormalizedSql sql, List<TableSchema> catalog) {
    var references = references(statement, sql);
    var known = new TreeMap<TableName, TableSchema>();
    catalog.forEach(it -> known.put(it.name(), it));
    var tables = new ArrayList<TableSchema>();
    var names = new HashSet<String>();
    for (var reference : references.tables()) {
      var name = reference.table();
      var schema = known.get(name);
      if (schema == null) {
        return name.metadata()
            ? beyond("only BigQuery knows the columns of " + name)
            : new Answer.Refused<>(unknown(reference, known.keySet()));
      }
      if (!names.add(name.toString().toLowerCase(Locale.ROOT))) {
        return beyond("there is another table with the name " + name + " in other letter case");
      }
      tables.add(schema);
    }
    var resolved =
        Analyzer.analyzeStatement(
            sql.text(), GoogleSql.options(statement.parameters()), Catalogs.of(tables, statement));
    var columns = duplicates(resolved);
    if (!columns.isEmpty()) {
      return new Answer.Refused<>(
          new SqlProblem(
              "Duplicate column names in the result: " + String.join(", ", columns),
              Optional.empty(),
              Optional.empty()));
    }
    var lineage = new ColumnLineage();
    resolved.accept(lineage);
    return new Answer.Known<>(
        new Analysis(references.kind(), columns(resolved, lineage), lineage.filters()));
  }

  private static <T> Answer<T> beyond(String why) {
    return new Answer.Unknown<>(Answer.Cause.BEYOND, why);
  }

  /** ZetaSQL takes them, BigQuery does not. */
  private static Set<String> duplicates(ResolvedStatement resolved) {
    var seen = new HashSet<String>();
    return resolved instanceof ResolvedQueryStmt query
        ? query.getOutputColumnList().stream()
            .map(ResolvedOutputColumn::getName)
            .filter(it -> !it.startsWith("$") && !seen.add(it.toLowerCase(Locale.ROOT)))
            .collect(Collectors.toCollection(TreeSet::new))
        : Set.of();
  }

  private static SqlProblem unknown(Reference reference, Set<TableName> known) {
    return new SqlProblem(
        "Table not found: " + reference.table(),
        reference.at(),
        known.stream()
            .map(TableName::toString)
            .filter(reference.table().toString()::equalsIgnoreCase)
            .findFirst());
  }

  private static List<OutputColumn> columns(ResolvedStatement resolved, ColumnLineage lineage) {
    if (!(resolved instanceof ResolvedQueryStmt query)) {
      return List.of();
    }
    var columns = new ArrayList<OutputColumn>();
    var nameless = 0;
    for (ResolvedOutputColumn column : query.getOutputColumnList()) {
      var name = column.getName().startsWith("$") ? "f" + nameless++ + "_" : column.getName();
      columns.add(
          new OutputColumn(
              name,
              GoogleSql.text(column.getColumn().getType()),
              lineage.sources(column.getColumn())));
    }
    return columns;
  }

  private static References references(Statement statement, NormalizedSql sql) {
    var found = new TreeMap<TableName, Reference>();
    for (var path : names(sql)) {
      var written = String.join(".", path);
      name(written, statement)
          .ifPresent(name -> found.putIfAbsent(name, new Reference(name, position(sql, written))));
    }
    return new References(kind(sql.tree()), List.copyOf(found.values()));
  }

  private static Optional<TableName> name(String written, Statement statement) {
    return TableName.parts(written).size() == 1
        ? statement.dataset().map(it -> new TableName(statement.project(), it, written))
        : TableName.of(written, statement.project());
  }

  private static Optional<Position> position(NormalizedSql sql, String written) {
    return sql.paths().stream()
        .filter(it -> String.join(".", it.names()).equals(written))
        .findFirst()
        .map(sql::position);
  }

  private static StatementKind kind(ASTNodes.ASTStatement tree) {
    return switch (tree) {
      case ASTNodes.ASTQueryStatement _ -> StatementKind.QUERY;
      case ASTNodes.ASTInsertStatement _,
          ASTNodes.ASTUpdateStatement _,
          ASTNodes.ASTDeleteStatement _,
          ASTNodes.ASTMergeStatement _,
          ASTNodes.ASTTruncateStatement _ ->
          StatementKind.DML;
      case ASTNodes.ASTDdlStatement _ -> StatementKind.DDL;
      default -> StatementKind.OTHER;
    };
  }
}
