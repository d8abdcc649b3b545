package dev.naru.sql.analyzer;

import com.google.zetasql.LanguageOptions;
import com.google.zetasql.Parser;
import com.google.zetasql.parser.ASTNodes;
import com.google.zetasql.parser.ParseTreeVisitor;
import dev.naru.sql.Position;
import dev.naru.sql.TableName;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A statement whose table paths are quoted part by part. BigQuery takes {@code `p.d.t`} as three
 * names, ZetaSQL as one, and then knows neither the table nor its implicit alias {@code t}.
 */
final class NormalizedSql {

  /** A tab ends at the next multiple of this, in the columns that ZetaSQL reports. */
  private static final int TAB = 8;

  /**
   * A table path, in characters of the original.
   *
   * @param names its parts, without quotes
   */
  record Path(List<String> names, int begin, int end) {}

  private final String original;
  private final String text;
  private final List<Path> paths;
  private final ASTNodes.ASTStatement tree;

  private NormalizedSql(
      String original, String text, List<Path> paths, ASTNodes.ASTStatement tree) {
    this.original = original;
    this.text = text;
    this.paths = paths;
    this.tree = tree;
  }

  /**
   * Parses and rewrites.
   *
   * @throws com.google.zetasql.SqlException when the statement cannot be parsed; its position is
   *     one of {@code sql}
   */
  static NormalizedSql of(String sql, LanguageOptions language) {
    var tree = Parser.parseStatement(sql, language);
    var paths = paths(sql, tree);
    var text = new StringBuilder();
    var end = 0;
    for (var path : paths) {
      text.append(sql, end, path.begin()).append(written(sql, path));
      end = path.end();
    }
    return new NormalizedSql(sql, text.append(sql, end, sql.length()).toString(), paths, tree);
  }

  /** A statement that nothing was rewritten in: what the parser refused. */
  static NormalizedSql unchanged(String sql) {
    return new NormalizedSql(sql, sql, List.of(), null);
  }

  /** The statement for ZetaSQL. */
  String text() {
    return text;
  }

  ASTNodes.ASTStatement tree() {
    return tree;
  }

  /** Table paths in the order of the text. */
  List<Path> paths() {
    return paths;
  }

  Position position(Path path) {
    return Position.of(original, path.begin());
  }

  /**
   * The place in the original that ZetaSQL means.
   *
   * @param line of the rewritten text, from 1
   * @param column as ZetaSQL counts: characters, where a tab reaches to the next multiple of eight
   */
  Position position(int line, int column) {
    return Position.of(original, originalIndex(index(line, column)));
  }

  private int index(int line, int column) {
    var index = 0;
    for (var i = 1; i < line; i++) {
      var end = text.indexOf('\n', index);
      if (end < 0) {
        return text.length();
      }
      index = end + 1;
    }
    var reached = 1;
    while (reached < column && index < text.length() && text.charAt(index) != '\n') {
      var character = text.codePointAt(index);
      reached = character == '\t' ? ((reached - 1) / TAB + 1) * TAB + 1 : reached + 1;
      index += Character.charCount(character);
    }
    return index;
  }

  private int originalIndex(int index) {
    var grown = 0;
    for (var path : paths) {
      var begin = path.begin() + grown;
      var length = written(original, path).length();
      if (index < begin) {
        break;
      }
      if (index < begin + length) {
        return path.begin();
      }
      grown += length - (path.end() - path.begin());
    }
    return index - grown;
  }

  private static String written(String sql, Path path) {
    var as = sql.substring(path.begin(), path.end());
    return as.indexOf('`') < 0
        ? as
        : path.names().stream().map(it -> "`" + it + "`").collect(Collectors.joining("."));
  }

  private static List<Path> paths(String sql, ASTNodes.ASTStatement tree) {
    var offsets = new Offsets(sql);
    var paths = new ArrayList<Path>();
    tree.accept(
        new ParseTreeVisitor() {
          @Override
          public void visit(ASTNodes.ASTTablePathExpression node) {
            add(node.getPathExpr());
            super.visit(node);
          }

          @Override
          public void visit(ASTNodes.ASTInsertStatement node) {
            target(node.getTargetPath());
            super.visit(node);
          }

          @Override
          public void visit(ASTNodes.ASTUpdateStatement node) {
            target(node.getTargetPath());
            super.visit(node);
          }

          @Override
          public void visit(ASTNodes.ASTDeleteStatement node) {
            target(node.getTargetPath());
            super.visit(node);
          }

          @Override
          public void visit(ASTNodes.ASTMergeStatement node) {
            add(node.getTargetPath());
            super.visit(node);
          }

          @Override
          public void visit(ASTNodes.ASTTruncateStatement node) {
            add(node.getTargetPath());
            super.visit(node);
          }

          private void target(ASTNodes.ASTGeneralizedPathExpression path) {
            if (path instanceof ASTNodes.ASTPathExpression plain) {
              add(plain);
            }
          }

          private void add(ASTNodes.ASTPathExpression path) {
            if (path != null) {
              var range = path.getParseLocationRange();
              paths.add(
                  new Path(
                      path.getNames().stream()
                          .flatMap(it -> TableName.parts(it.getIdString()).stream())
                          .toList(),
                      offsets.character(range.start()),
                      offsets.character(range.end())));
            }
          }
        });
    paths.sort(Comparator.comparingInt(Path::begin));
    return List.copyOf(paths);
  }

  /** The parser's byte offsets as indexes of characters. */
  private static final class Offsets {

    private final int[] characters;

    Offsets(String text) {
      characters = new int[text.getBytes(StandardCharsets.UTF_8).length + 1];
      var offset = 0;
      for (var index = 0; index < text.length(); ) {
        var character = text.codePointAt(index);
        characters[offset] = index;
        offset += Character.toString(character).getBytes(StandardCharsets.UTF_8).length;
        index += Character.charCount(character);
      }
      characters[offset] = text.length();
    }

    int character(int offset) {
      return characters[offset];
    }
  }
}
