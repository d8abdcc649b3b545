package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.runfile.Hashes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.TreeMap;

/**
 * What decides the rows of a table, however much of it a run builds: when that changes, rows that
 * are not built again are those of the SQL before. Partitioning is no part of it, as rows move into
 * another one as they are. Pure.
 */
final class RowOrigin {

  /** Two of a table's are compared, so that few digits do; status has a hundred of them. */
  private static final int DIGITS = 8;

  private RowOrigin() {}

  /**
   * Identifies what builds a table.
   *
   * @param parents what builds each table of the mart that it is built from
   */
  static String of(DataMartSpec spec, DataMartTable table, String sql, Collection<String> parents) {
    var parts = new ArrayList<String>();
    parts.add(sql);
    new TreeMap<>(spec.variables())
        .forEach(
            (name, value) -> {
              if (sql.contains("@" + name)) {
                parts.add(name + "=" + value);
              }
            });
    if (sql.contains("@interval_")) {
      parts.add(MartWindows.zone(spec).toString());
    }
    if (table.materialization() != null) {
      parts.add("" + table.materialization().merge());
    }
    parents.stream().sorted().forEach(parts::add);
    return Hashes.sha256Hex(parts.toArray(String[]::new)).substring(0, DIGITS);
  }
}
