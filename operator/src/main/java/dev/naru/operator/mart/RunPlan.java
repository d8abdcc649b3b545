package dev.naru.operator.mart;

import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.Parameter;
import dev.naru.bigquery.mart.Statement;
import dev.naru.bigquery.mart.Window;
import dev.naru.crds.v1alpha1.DataMartSpec;
import dev.naru.crds.v1alpha1.Defaults;
import dev.naru.crds.v1alpha1.Durations;
import dev.naru.crds.v1alpha1.MartRun;
import dev.naru.crds.v1alpha1.MartTableStatus;
import dev.naru.crds.v1alpha1.PublishPolicy;
import dev.naru.runfile.Hashes;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A run with everything that must not change while it goes on: a restarted operator computes the
 * same plan from spec and status, and so finds the jobs of the one before. Pure.
 *
 * @param key identifies mart, run and what its tables mean
 * @param tables parents first
 * @param deadline when the run gives up
 * @param keepUntil when what it staged expires
 */
record RunPlan(
    ResolvedMart mart,
    String id,
    String key,
    Instant started,
    Instant deadline,
    Instant keepUntil,
    boolean together,
    int parallelism,
    Optional<Long> maxBytes,
    Optional<Long> maxBytesPerTable,
    List<Table> tables) {

  RunPlan {
    tables = List.copyOf(tables);
  }

  /**
   * A table in a run.
   *
   * @param rowsBefore what its last publish wrote
   */
  record Table(
      ResolvedMart.Table table,
      Window window,
      Map<String, Parameter> parameters,
      Optional<RowsBefore> rowsBefore,
      TableId candidate,
      TableId preview) {

    String name() {
      return table.name();
    }

    /** How many rows its last publish wrote. */
    Optional<Long> written() {
      return rowsBefore.map(RowsBefore::rows);
    }
  }

  /**
   * Plans a run.
   *
   * @param known how the tables stood before the run
   */
  static RunPlan of(
      ResolvedMart mart, DataMartSpec spec, MartRun run, List<MartTableStatus> known) {
    var before = new HashMap<String, MartTableStatus>();
    known.forEach(it -> before.put(it.name(), it));
    var key =
        Hashes.sha256Hex(
                mart.owner().toString(),
                run.id(),
                // the same request may be made again some day
                run.startTime().toString(),
                mart.fingerprint())
            .substring(0, 32);
    var tables = new ArrayList<Table>();
    for (var table : mart.tables()) {
      var last = Optional.ofNullable(before.get(table.name()));
      var window =
          MartWindows.of(
              table.declared(),
              MartWindows.zone(spec),
              run.dataThrough(),
              last.map(MartTableStatus::dataThrough));
      tables.add(table(mart, spec, key, table, window, last.flatMap(RowsBefore::of)));
    }
    var deadline = run.startTime().plus(timeout(spec));
    return of(
        mart,
        spec,
        run.id(),
        key,
        run.startTime(),
        deadline,
        deadline.plus(keep(spec)),
        together(spec),
        tables);
  }

  /** A plan with what the spec of the mart says of every one. */
  static RunPlan of(
      ResolvedMart mart,
      DataMartSpec spec,
      String id,
      String key,
      Instant started,
      Instant deadline,
      Instant keepUntil,
      boolean together,
      List<Table> tables) {
    return new RunPlan(
        mart,
        id,
        key,
        started,
        deadline,
        keepUntil,
        together,
        spec.parallelism() == null ? Defaults.PARALLELISM : spec.parallelism(),
        limit(spec, it -> it.limits().maxBytesBilledPerRun()),
        limit(spec, it -> it.limits().maxBytesBilledPerTable()),
        tables);
  }

  /** A table of a plan with this key. */
  static Table table(
      ResolvedMart mart,
      DataMartSpec spec,
      String key,
      ResolvedMart.Table table,
      Window window,
      Optional<RowsBefore> rowsBefore) {
    var parameters = new HashMap<String, Parameter>();
    spec.variables().forEach((name, value) -> parameters.put(name, new Parameter.Text(value)));
    parameters.putAll(MartWindows.parameters(table.declared(), window));
    return new Table(
        table,
        window,
        parameters,
        rowsBefore,
        staged(mart, key, table.name(), ""),
        staged(mart, key, table.name(), "_next"));
  }

  static Duration timeout(DataMartSpec spec) {
    return Durations.parse(or(spec.timeout(), Defaults.TIMEOUT));
  }

  static Duration keep(DataMartSpec spec) {
    return Durations.parse(or(spec.keepFailed(), Defaults.KEEP_FAILED));
  }

  static boolean together(DataMartSpec spec) {
    return spec.publish() != PublishPolicy.EACH_WHEN_PASSES;
  }

  /** What it stages for a table. */
  List<TableId> staged(Table table) {
    return together && table.table().previewed()
        ? List.of(table.candidate(), table.preview())
        : List.of(table.candidate());
  }

  /** All that it stages. */
  List<TableId> staged() {
    return tables.stream().flatMap(it -> staged(it).stream()).toList();
  }

  /** The tables it writes. */
  Set<String> targets() {
    return tables.stream()
        .map(it -> it.table().target().id().toString())
        .collect(Collectors.toSet());
  }

  Table table(String name) {
    return tables.stream().filter(it -> it.name().equals(name)).findFirst().orElseThrow();
  }

  /** The query of a table as its author wrote it: it names what is published. */
  Statement published(Table table) {
    return new Statement(table.table().sql(), table.parameters());
  }

  /**
   * The query of a table as it is built in a run that publishes together: it reads its parents as
   * they will be.
   */
  Statement candidate(Table table) {
    return together
        ? new Statement(reading(table.table().sql(), parentNames(table)), table.parameters())
        : published(table);
  }

  /** A query of a check: it looks at the candidate where it names the table itself. */
  Statement checking(Table table, String sql) {
    var names = together ? parentNames(table) : new LinkedHashMap<String, TableId>();
    names.put(table.name(), table.candidate());
    return new Statement(reading(sql, names), table.parameters());
  }

  /** What a table reads of a sibling, or of any other table, in this run. */
  TableId reads(Table reader, String dataset, String name) {
    var own = mart.dataset().name();
    if (!dataset.equals(own) || !together || !mart.graph().parents().containsKey(name)) {
      return new TableId(mart.warehouse().project(), dataset, name);
    }
    return name.equals(reader.name()) ? reader.candidate() : asParent(table(name));
  }

  private LinkedHashMap<String, TableId> parentNames(Table table) {
    var names = new LinkedHashMap<String, TableId>();
    table.table().parents().forEach(it -> names.put(it, asParent(table(it))));
    return names;
  }

  private static TableId asParent(Table parent) {
    return parent.table().previewed() ? parent.preview() : parent.candidate();
  }

  private String reading(String sql, Map<String, TableId> names) {
    var project = mart.warehouse().project();
    var prefix = mart.dataset().name() + ".";
    return SqlNames.exchange(
        sql,
        name ->
            name.table()
                .filter(_ -> name.project().map(project::equals).orElse(true))
                .filter(it -> it.startsWith(prefix))
                .map(it -> names.get(it.substring(prefix.length())))
                .map(TableId::sql));
  }

  private static TableId staged(ResolvedMart mart, String key, String table, String suffix) {
    return new TableId(
        mart.warehouse().project(),
        mart.warehouse().opsDataset(),
        "mart_" + key.substring(0, 16) + "_" + table + suffix);
  }

  static Optional<Long> limit(DataMartSpec spec, Function<DataMartSpec, Quantity> of) {
    return spec.limits() == null
        ? Optional.empty()
        : Optional.ofNullable(of.apply(spec)).map(it -> it.getNumericalAmount().longValue());
  }

  private static String or(String value, String fallback) {
    return value == null ? fallback : value;
  }
}
