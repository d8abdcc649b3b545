package dev.naru.sql.analyzer;

import com.google.zetasql.Function;
import com.google.zetasql.FunctionArgumentType;
import com.google.zetasql.FunctionSignature;
import com.google.zetasql.SimpleCatalog;
import com.google.zetasql.TypeFactory;
import com.google.zetasql.ZetaSQLFunctions.FunctionEnums.Mode;
import com.google.zetasql.ZetaSQLFunctions.SignatureArgumentKind;
import com.google.zetasql.ZetaSQLType.TypeKind;
import java.util.List;

/** Functions that BigQuery has and ZetaSQL's library has not. */
final class BigQueryFunctions {

  private static final FunctionArgumentType BOOL =
      new FunctionArgumentType(TypeFactory.createSimpleType(TypeKind.TYPE_BOOL));
  private static final FunctionArgumentType STRING =
      new FunctionArgumentType(TypeFactory.createSimpleType(TypeKind.TYPE_STRING));
  private static final FunctionArgumentType ANY =
      new FunctionArgumentType(SignatureArgumentKind.ARG_TYPE_ANY_1);
  private static final FunctionArgumentType OTHER =
      new FunctionArgumentType(SignatureArgumentKind.ARG_TYPE_ANY_2);

  private BigQueryFunctions() {}

  static void addTo(SimpleCatalog catalog) {
    add(catalog, "CONTAINS_SUBSTR", Mode.SCALAR, BOOL, ANY, STRING);
    add(catalog, "SEARCH", Mode.SCALAR, BOOL, ANY, STRING);
    add(catalog, "MAX_BY", Mode.AGGREGATE, ANY, ANY, OTHER);
    add(catalog, "MIN_BY", Mode.AGGREGATE, ANY, ANY, OTHER);
  }

  private static void add(
      SimpleCatalog catalog,
      String name,
      Mode mode,
      FunctionArgumentType result,
      FunctionArgumentType... arguments) {
    catalog.addFunction(
        new Function(
            List.of(name),
            "BigQuery",
            mode,
            List.of(new FunctionSignature(result, List.of(arguments), -1))));
  }
}
