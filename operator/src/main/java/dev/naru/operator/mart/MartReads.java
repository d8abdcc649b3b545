package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.MartCheck;
import dev.naru.operator.mart.ResolvedMart.Upstream;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the tables of a mart are built from, as their SQL, checks and dependsOn name it. Pure. */
final class MartReads {

  private final DataMart mart;
  private final DataMartSpec spec;
  private final MartSurroundings around;

  MartReads(DataMart mart, MartSurroundings around) {
    this.mart = mart;
    this.spec = mart.getSpec();
    this.around = around;
  }

  private List<SqlNames.Named> names(DataMartTable table) {
    return around.names().in(around.sql(table.sql()).orElseThrow());
  }

  /** For each table, those of the mart that it is built from. */
  Map<String, Set<String>> parents(String project) {
    var tables = spec.tables().stream().map(DataMartTable::name).collect(Collectors.toSet());
    var parents = new LinkedHashMap<String, Set<String>>();
    for (var table : spec.tables()) {
      var of = new LinkedHashSet<String>();
      names(table).stream()
          .flatMap(name -> sibling(project, name).stream())
          .filter(tables::contains)
          .filter(it -> !it.equals(table.name()))
          .forEach(of::add);
      // what a check compares with has to be built before
      table.checks().stream()
          .flatMap(it -> compared(it).stream())
          .flatMap(name -> sibling(project, name).stream())
          .filter(tables::contains)
          .filter(it -> !it.equals(table.name()))
          .forEach(of::add);
      table.dependsOn().stream()
          .map(it -> withoutDataset(spec, it))
          .filter(tables::contains)
          .forEach(of::add);
      parents.put(table.name(), of);
    }
    return parents;
  }

  private List<SqlNames.Named> compared(MartCheck check) {
    if (check.relationship() != null) {
      return SqlNames.table(check.relationship().table()).stream().toList();
    }
    return check.query() == null ? List.of() : around.names().in(check.query());
  }

  /** The table of this mart's dataset that a name means. */
  private Optional<String> sibling(String project, SqlNames.Named name) {
    var prefix = spec.dataset().name() + ".";
    return Optional.of(name.table())
        .filter(it -> it.startsWith(prefix))
        .filter(_ -> name.project().map(project::equals).orElse(true))
        .map(it -> it.substring(prefix.length()));
  }

  /** {@code table} of what may be written {@code dataset.table}. */
  static String withoutDataset(DataMartSpec spec, String dependency) {
    var prefix = spec.dataset().name() + ".";
    return dependency.startsWith(prefix) ? dependency.substring(prefix.length()) : dependency;
  }

  /** Tables that other resources fill, by these. */
  List<Upstream> upstreams(String project) {
    var found = new TreeMap<String, Upstream>();
    for (var table : spec.tables()) {
      Stream.concat(
              names(table).stream(),
              table.checks().stream().flatMap(check -> compared(check).stream()))
          .forEach(
              name ->
                  around
                      .filling(mart, name.project().orElse(project), name.table())
                      .ifPresent(it -> found.put(it.resource() + it.table(), it)));
      table
          .dependsOn()
          .forEach(
              it ->
                  around
                      .filling(mart, project, it)
                      .ifPresent(up -> found.put(up.resource() + up.table(), up)));
    }
    return List.copyOf(found.values());
  }
}
