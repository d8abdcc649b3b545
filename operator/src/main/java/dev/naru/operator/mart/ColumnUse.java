package dev.naru.operator.mart;

import dev.naru.sql.Analysis;
import dev.naru.sql.Analysis.Source;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
import dev.naru.sql.SqlAnalyzer;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Who uses a column, directly or through tables of the mart that are built from it. Where nobody
 * can read the SQL of a reader, it is taken to read whole tables. Asks the analyzer, and so blocks.
 */
final class ColumnUse {

  private final SqlAnalyzer analyzer;
  private final Function<TableName, Optional<TableSchema>> schemas;
  private final List<MartReader> readers;
  private boolean passes;

  /**
   * @param schemas the columns that a table has, or will have
   * @param readers the mart's own tables parents first
   */
  ColumnUse(
      SqlAnalyzer analyzer,
      Function<TableName, Optional<TableSchema>> schemas,
      List<MartReader> readers) {
    this.analyzer = analyzer;
    this.schemas = schemas;
    this.readers = List.copyOf(readers);
  }

  /**
   * Readers, for people.
   *
   * @param certain those that use it
   * @param perhaps those that read the table, and nobody can tell which of its columns
   */
  record Users(List<String> certain, List<String> perhaps) {
    Users {
      certain = List.copyOf(certain);
      perhaps = List.copyOf(perhaps);
    }
  }

  /** Whether somebody could not be told whose SQL the analyzer may read soon. */
  boolean passes() {
    return passes;
  }

  /** Whoever uses a column. */
  Users of(TableName table, String column) {
    var spread = new Spread();
    spread.add(table, column);
    return spread.through();
  }

  /** Whoever reads a table, whatever of it. */
  Users of(TableName table) {
    var spread = new Spread();
    spread.whole.add(table);
    return spread.through();
  }

  private enum Use {
    NONE,
    PERHAPS,
    CERTAIN
  }

  /** What a change has reached so far. */
  private final class Spread {

    private final Map<TableName, Set<String>> columns = new HashMap<>();
    private final Set<TableName> whole = new HashSet<>();

    void add(TableName table, String column) {
      columns.computeIfAbsent(table, _ -> new HashSet<>()).add(key(column));
    }

    Users through() {
      var certain = new ArrayList<String>();
      var perhaps = new ArrayList<String>();
      for (var reader : readers) {
        var use =
            switch (reader) {
              case MartReader.Query it -> query(it);
              case MartReader.Columns it -> named(it);
              case MartReader.Tables it -> tables(it);
            };
        switch (use) {
          case CERTAIN -> certain.add(reader.name());
          case PERHAPS -> perhaps.add(reader.name());
          case NONE -> {}
        }
      }
      perhaps.removeAll(certain);
      return new Users(certain.stream().distinct().toList(), perhaps.stream().distinct().toList());
    }

    private boolean reached(TableName table) {
      return columns.containsKey(table) || whole.contains(table);
    }

    private boolean reached(Source source) {
      return columns.getOrDefault(source.table(), Set.of()).contains(key(source.column()));
    }

    private Use named(MartReader.Columns reader) {
      return reader.columns().stream()
              .map(it -> new Source(reader.table(), it))
              .anyMatch(this::reached)
          ? Use.CERTAIN
          : whole.contains(reader.table()) ? Use.PERHAPS : Use.NONE;
    }

    private Use tables(MartReader.Tables reader) {
      if (reader.tables().stream().noneMatch(this::reached)) {
        return Use.NONE;
      }
      reader.makes().ifPresent(whole::add);
      return Use.PERHAPS;
    }

    private Use query(MartReader.Query reader) {
      var use =
          switch (analyzer.references(reader.statement())) {
            case Answer.Known<References>(var it) -> query(reader, it);
            case Answer.Refused<References> _ -> byName(reader.statement());
            case Answer.Unknown<References>(var cause, var _) -> {
              passes |= cause.passes();
              yield byName(reader.statement());
            }
          };
      if (use == Use.PERHAPS) {
        reader.makes().ifPresent(whole::add);
      }
      return use;
    }

    private Use query(MartReader.Query reader, References references) {
      var named = references.tables().stream().map(References.Reference::table).toList();
      if (named.stream().noneMatch(this::reached)) {
        return Use.NONE;
      }
      var catalog = named.stream().flatMap(it -> schemas.apply(it).stream()).toList();
      if (catalog.size() < named.size() || named.stream().anyMatch(whole::contains)) {
        return Use.PERHAPS;
      }
      return switch (analyzer.analyze(reader.statement(), catalog)) {
        case Answer.Known<Analysis>(var it) -> lineage(reader, it, catalog);
        case Answer.Refused<Analysis> _ -> Use.PERHAPS;
        case Answer.Unknown<Analysis>(var cause, var _) -> unread(cause);
      };
    }

    private Use lineage(MartReader.Query reader, Analysis analysis, List<TableSchema> catalog) {
      var used = analysis.filters().stream().anyMatch(this::reached);
      for (var column : analysis.columns()) {
        if (column.sources().stream().anyMatch(this::reached)) {
          used = true;
          reader.makes().ifPresent(it -> add(it, column.name()));
        }
      }
      return used ? Use.CERTAIN : named(reader.statement(), catalog);
    }

    /** Also what decides no value may be named, as in ORDER BY: then it cannot do without. */
    private Use named(Statement statement, List<TableSchema> catalog) {
      return switch (analyzer.analyze(statement, catalog.stream().map(this::without).toList())) {
        case Answer.Known<Analysis> _ -> Use.NONE;
        case Answer.Refused<Analysis> _ -> Use.CERTAIN;
        case Answer.Unknown<Analysis>(var cause, var _) -> unread(cause);
      };
    }

    private Use unread(Answer.Cause cause) {
      passes |= cause.passes();
      return Use.PERHAPS;
    }

    private TableSchema without(TableSchema table) {
      var gone = columns.getOrDefault(table.name(), Set.of());
      return new TableSchema(
          table.name(),
          table.columns().stream().filter(it -> !gone.contains(key(it.name()))).toList(),
          table.partitionedByIngestion());
    }

    /** By its text alone. */
    private Use byName(Statement statement) {
      var reads =
          SqlNames.distinct(statement.sql()).stream()
              .anyMatch(it -> reached(MartSql.name(it.in(statement.project()))));
      return reads ? Use.PERHAPS : Use.NONE;
    }
  }

  /** BigQuery's names of columns are the same in any letter case. */
  private static String key(String column) {
    return column.toLowerCase(Locale.ROOT);
  }
}
