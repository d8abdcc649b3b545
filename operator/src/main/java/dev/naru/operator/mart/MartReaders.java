package dev.naru.operator.mart;

import dev.naru.crds.v1alpha1.DataMart;
import dev.naru.crds.v1alpha1.DataMartTable;
import dev.naru.crds.v1alpha1.MartCheck;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Who reads tables of a mart: its own tables and their checks, those of other DataMarts of the
 * namespace, and ModelServices that have it among their inputs. Pure.
 */
final class MartReaders {

  private final DataMart of;
  private final MartSurroundings around;
  private final String project;
  private final Set<String> own;

  private MartReaders(DataMart of, MartSurroundings around) {
    this.of = of;
    this.around = around;
    this.project = around.project(of.getSpec().warehouseRef().name());
    this.own = Set.copyOf(MartSurroundings.tables(of.getSpec()));
  }

  /**
   * All of them.
   *
   * @param order the mart's own tables, parents first
   */
  static List<MartReader> of(DataMart mart, List<String> order, MartSurroundings around) {
    var readers = new MartReaders(mart, around);
    return Stream.of(readers.siblings(order), readers.otherMarts(), readers.services())
        .flatMap(it -> it)
        .toList();
  }

  /** Resources other than the mart, each once, by name. */
  static List<String> resources(List<MartReader> readers) {
    return readers.stream().flatMap(it -> it.resource().stream()).distinct().sorted().toList();
  }

  /** Whether a service has a mart of its namespace among its inputs. */
  static boolean reads(ModelService service, DataMart mart) {
    return service.getSpec().inputs().stream()
        .anyMatch(it -> it.dataMartRef().name().equals(name(mart)));
  }

  /** A service as the plan names it. */
  static String resource(ModelService service) {
    return "ModelService " + service.getMetadata().getName();
  }

  private Stream<MartReader> siblings(List<String> order) {
    var byName = new HashMap<String, DataMartTable>();
    of.getSpec().tables().forEach(it -> byName.put(it.name(), it));
    return order.stream().map(byName::get).flatMap(it -> in(of, it, "", Optional.empty()));
  }

  private Stream<MartReader> otherMarts() {
    return around.marts().stream()
        .filter(it -> !MartSurroundings.same(it, of))
        .sorted((one, other) -> name(one).compareTo(name(other)))
        .flatMap(
            mart -> {
              var resource = "DataMart " + name(mart);
              return mart.getSpec().tables().stream()
                  .flatMap(it -> in(mart, it, " of " + resource, Optional.of(resource)));
            });
  }

  private Stream<MartReader> services() {
    return around.services().stream()
        .filter(it -> reads(it, of))
        .map(MartReaders::resource)
        .sorted()
        .map(it -> new MartReader.Tables(it, Optional.of(it), allTables(), Optional.empty()));
  }

  private List<TableName> allTables() {
    return own.stream().sorted().map(this::table).toList();
  }

  /** What a table of a mart, and its checks, read of this one. */
  private Stream<MartReader> in(
      DataMart mart, DataMartTable table, String where, Optional<String> resource) {
    var at = around.project(mart.getSpec().warehouseRef().name());
    var makes =
        Optional.of(mart)
            .filter(it -> MartSurroundings.same(it, of))
            .map(it -> table(it.getSpec().dataset().name() + "." + table.name()));
    var name = "table " + table.name() + where;
    var readers = new ArrayList<MartReader>();
    around
        .sql(table.sql())
        .filter(it -> !ours(it, at).isEmpty())
        .ifPresent(
            sql ->
                readers.add(
                    new MartReader.Query(name, resource, statement(mart, table, sql, at), makes)));
    var more = added(mart, table, at);
    if (!more.isEmpty()) {
      readers.add(new MartReader.Tables(name, resource, more, makes));
    }
    return Stream.concat(
        readers.stream(),
        table.checks().stream()
            .flatMap(
                check -> {
                  var checked = "check %s of %s".formatted(check.name(), name);
                  return Stream.concat(
                      columns(check, checked, resource, makes, at),
                      Optional.ofNullable(check.query())
                          .filter(it -> !ours(it, at).isEmpty())
                          .map(it -> statement(mart, table, it, at))
                          .map(it -> new MartReader.Query(checked, resource, it, Optional.empty()))
                          .stream());
                }));
  }

  /** The columns that a check names, of its own table and of another one. */
  private Stream<MartReader> columns(
      MartCheck check,
      String name,
      Optional<String> resource,
      Optional<TableName> table,
      String at) {
    return Stream.concat(
        table.filter(_ -> !check.columns().isEmpty()).stream()
            .map(it -> new MartReader.Columns(name, resource, it, check.columns())),
        related(check, at).stream()
            .map(it -> new MartReader.Columns(name, resource, it, check.relationship().columns())));
  }

  /** Tables that dependsOn names and the SQL does not. */
  private List<TableName> added(DataMart mart, DataMartTable table, String at) {
    if (!at.equals(project)) {
      return List.of();
    }
    var named = around.sql(table.sql()).map(it -> ours(it, at)).orElse(List.of());
    var dataset = mart.getSpec().dataset().name() + ".";
    return table.dependsOn().stream()
        .map(it -> it.contains(".") ? it : dataset + it)
        .filter(own::contains)
        .map(this::table)
        .filter(it -> !named.contains(it))
        .toList();
  }

  private Optional<TableName> related(MartCheck check, String at) {
    return Optional.ofNullable(check.relationship())
        .flatMap(it -> SqlNames.table(it.table()))
        .filter(it -> isOurs(it, at))
        .map(it -> table(it.table()));
  }

  /** Tables of the mart that a text names. */
  private List<TableName> ours(String sql, String at) {
    return around.names().in(sql).stream()
        .filter(it -> isOurs(it, at))
        .map(it -> table(it.table()))
        .toList();
  }

  private boolean isOurs(SqlNames.Named name, String at) {
    return name.project().orElse(at).equals(project) && own.contains(name.table());
  }

  private static Statement statement(DataMart mart, DataMartTable table, String sql, String at) {
    var types = new TreeMap<String, String>();
    mart.getSpec().variables().keySet().forEach(it -> types.put(it, "STRING"));
    var moment = MartWindows.byDate(table) ? "DATE" : "TIMESTAMP";
    types.putAll(Map.of("interval_start", moment, "interval_end", moment));
    return new Statement(sql, at, Optional.empty(), types);
  }

  private TableName table(String table) {
    return MartSql.name(new SqlNames.Named(Optional.empty(), table).in(project));
  }

  private static String name(DataMart mart) {
    return mart.getMetadata().getName();
  }
}
