package dev.naru.operator.mart;

import dev.naru.sql.Analysis;
import dev.naru.sql.Analysis.OutputColumn;
import dev.naru.sql.Analysis.Source;
import dev.naru.sql.Answer;
import dev.naru.sql.References;
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
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** An analyzer of one SELECT whose columns are told apart by their names alone. */
public final class FakeSql implements SqlAnalyzer {

  private static final Pattern QUERY =
      Pattern.compile(
          "(?is)SELECT (?<select>.+?) FROM (?<from>.+?)(?: WHERE (?<where>.+?))?(?: GROUP BY (?<group>.+?))?(?: ORDER BY (?<order>.+?))?");
  private static final Pattern WORD = Pattern.compile("(?<![@\\w'.])[A-Za-z_]\\w*(?![\\w(.'])");
  private static final Set<String> KEYWORDS =
      Set.of("AS", "AND", "OR", "NOT", "USING", "JOIN", "ON");

  /** Answers nothing, as when its process is gone. */
  public volatile boolean absent;

  private static <T> Answer<T> nothing() {
    return new Answer.Unknown<>(Answer.Cause.ABSENT, "the SQL analyzer does not run");
  }

  @Override
  public Answer<References> references(Statement statement) {
    return absent
        ? nothing()
        : new Answer.Known<>(
            new References(
                StatementKind.QUERY,
                SqlNames.distinct(statement.sql()).stream()
                    .map(
                        it ->
                            new References.Reference(
                                TableName.of(
                                        it.project().map(p -> p + ".").orElse("") + it.table(),
                                        statement.project())
                                    .orElseThrow(),
                                Optional.empty()))
                    .toList()));
  }

  @Override
  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
    if (absent) {
      return nothing();
    }
    var query = QUERY.matcher(statement.sql().strip());
    if (!query.matches()) {
      return new Answer.Unknown<>(Answer.Cause.BEYOND, "beyond the fake");
    }
    var made = new HashSet<String>();
    var columns = new ArrayList<OutputColumn>();
    try {
      for (var item : query.group("select").split(",(?![^(]*\\))", -1)) {
        if (item.strip().equals("*")) {
          for (var table : catalog) {
            table
                .columns()
                .forEach(
                    it ->
                        columns.add(
                            new OutputColumn(
                                it.name(),
                                it.type(),
                                Set.of(new Source(table.name(), it.name())))));
          }
        } else {
          var parts = item.strip().split("(?i)\\s+AS\\s+", -1);
          columns.add(
              new OutputColumn(
                  parts[parts.length - 1], "INT64", sources(parts[0], catalog, Set.of())));
          made.add(parts[parts.length - 1]);
        }
      }
      var filters = new TreeSet<Source>();
      for (var clause : List.of("where", "group")) {
        filters.addAll(sources(query.group(clause), catalog, made));
      }
      sources(query.group("order"), catalog, made);
      return new Answer.Known<>(new Analysis(StatementKind.QUERY, columns, filters));
    } catch (IllegalArgumentException e) {
      return new Answer.Refused<>(
          new SqlProblem(
              "Unrecognized name: " + e.getMessage(), Optional.empty(), Optional.empty()));
    }
  }

  private static Set<Source> sources(String clause, List<TableSchema> catalog, Set<String> made) {
    var sources = new HashSet<Source>();
    var words = WORD.matcher(clause == null ? "" : clause);
    while (words.find()) {
      var word = words.group();
      var found =
          catalog.stream()
              .flatMap(
                  table ->
                      table.columns().stream()
                          .filter(it -> it.name().equalsIgnoreCase(word))
                          .map(it -> new Source(table.name(), it.name())))
              .toList();
      if (found.isEmpty()
          && !made.contains(word)
          && !KEYWORDS.contains(word.toUpperCase(Locale.ROOT))) {
        throw new IllegalArgumentException(word);
      }
      sources.addAll(found);
    }
    return sources;
  }
}
