package dev.naru.sql.analyzer;

import com.google.zetasql.Analyzer;
import com.google.zetasql.AnalyzerOptions;
import com.google.zetasql.LanguageOptions;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.SqlException;
import com.google.zetasql.Type;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLBuiltinFunctionOptions;
import com.google.zetasql.ZetaSQLOptions.ErrorMessageMode;
import com.google.zetasql.ZetaSQLOptions.ProductMode;
import com.google.zetasql.ZetaSQLType.TypeKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** The language as BigQuery speaks it. */
final class GoogleSql {

  /** Types that were read stay known: a few thousand texts, a bound against garbage. */
  private static final int TYPES_KEPT = 10_000;

  private static final Map<String, Type> TYPES = new ConcurrentHashMap<>();

  private static final LanguageOptions LANGUAGE = language();
  private static final SimpleCatalog TYPES_ONLY = catalog("types");

  private GoogleSql() {}

  static LanguageOptions language() {
    var language = new LanguageOptions().enableMaximumLanguageFeatures();
    language.setProductMode(ProductMode.PRODUCT_EXTERNAL);
    language.setSupportsAllStatementKinds();
    language.enableReservableKeyword("QUALIFY");
    return language;
  }

  /** Options of one analysis; they are changed by it and so never shared. */
  static AnalyzerOptions options(Map<String, String> parameters) {
    var options = new AnalyzerOptions();
    options.setLanguageOptions(LANGUAGE);
    options.setErrorMessageMode(ErrorMessageMode.ERROR_MESSAGE_ONE_LINE);
    // table scans then hold just the columns that are used
    options.setPruneUnusedColumns(true);
    options.addSystemVariable(
        List.of("project_id"), TypeFactory.createSimpleType(TypeKind.TYPE_STRING));
    parameters.forEach((name, type) -> options.addQueryParameter(name, type(type)));
    return options;
  }

  /** A catalog that knows functions and types, and no table yet. */
  static SimpleCatalog catalog(String name) {
    var catalog = new SimpleCatalog(name);
    catalog.addZetaSQLFunctionsAndTypes(new ZetaSQLBuiltinFunctionOptions(LANGUAGE));
    BigQueryFunctions.addTo(catalog);
    return catalog;
  }

  /**
   * Reads a type by the language's own grammar.
   *
   * @throws UnknownTypeException when there is no such type
   */
  static Type type(String text) {
    var known = TYPES.get(text);
    if (known != null) {
      return known;
    }
    try {
      var type =
          Analyzer.analyzeExpression("CAST(NULL AS " + text + ")", options(Map.of()), TYPES_ONLY)
              .getType();
      if (TYPES.size() < TYPES_KEPT) {
        TYPES.put(text, type);
      }
      return type;
    } catch (SqlException e) {
      throw new UnknownTypeException(text, e);
    }
  }

  /**
   * A type as it is written. ZetaSQL's own method does not write structs: it asks for a native
   * function that its Java library has not.
   */
  static String text(Type type) {
    if (type.isArray()) {
      return "ARRAY<" + text(type.asArray().getElementType()) + ">";
    }
    if (type.isStruct()) {
      return type.asStruct().getFieldList().stream()
          .map(
              field ->
                  field.getName().isEmpty()
                      ? text(field.getType())
                      : ReservedWords.quoted(field.getName()) + " " + text(field.getType()))
          .collect(Collectors.joining(", ", "STRUCT<", ">"));
    }
    return type.typeName(ProductMode.PRODUCT_EXTERNAL);
  }

  /** A column's type that the analyzer cannot read. */
  static final class UnknownTypeException extends RuntimeException {

    UnknownTypeException(String type, SqlException cause) {
      super("type " + type + " is unknown to the analyzer", cause);
    }
  }
}
