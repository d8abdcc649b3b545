package dev.naru.operator.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.bigquery.mart.Allowance;
import dev.naru.bigquery.mart.Check;
import dev.naru.bigquery.mart.Cost;
import dev.naru.bigquery.mart.DatasetSpec;
import dev.naru.bigquery.mart.MartRun;
import dev.naru.bigquery.mart.MartTable;
import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.bigquery.mart.RunCancelled;
import dev.naru.bigquery.mart.Seen;
import dev.naru.bigquery.mart.Statement;
import dev.naru.bigquery.mart.Window;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A warehouse that remembers what was done to it, as BigQuery does: jobs by their ids, so that a
 * step that is asked for twice happens once.
 */
public final class FakeMarts implements Warehouses {

  /** Every call, e.g. {@code build day}. */
  public final List<String> calls = new ArrayList<>();

  /** What each table holds: the SQL it was made of. */
  public final Map<String, String> tables = new TreeMap<>();

  /** How often each step took effect, by job. */
  public final Map<String, Integer> effects = new TreeMap<>();

  /** Windows that were published, e.g. {@code day 2026-01-01T00:00:00Z}. */
  public final List<String> published = new ArrayList<>();

  /** Tables that carry no labels of a mart's. */
  public final Set<String> foreign = new HashSet<>();

  /** What the ledger knows of tables. */
  public final Map<String, MartWarehouse.Past> past = new ConcurrentHashMap<>();

  /** Bytes of each estimate, by table that the SQL is of. */
  public final Map<String, Long> bytes = new HashMap<>();

  /** What publishing a table is estimated at before it is built. */
  public final Map<String, Long> expecting = new ConcurrentHashMap<>();

  /** What it is estimated at when it is built, and billed for. */
  public final Map<String, Long> publishing = new ConcurrentHashMap<>();

  /** What the checks of a table are estimated at. */
  public final Map<String, Long> checking = new ConcurrentHashMap<>();

  /** What every query answers. */
  public final List<MartWarehouse.Column> columns =
      List.of(
          new MartWarehouse.Column("car_id", "INT64"),
          new MartWarehouse.Column("day", "DATE"),
          new MartWarehouse.Column("month", "DATE"),
          new MartWarehouse.Column("at", "TIMESTAMP"),
          new MartWarehouse.Column("rides", "INT64"));

  /** Columns that tables have; none is known of the others. */
  public final Map<String, List<MartWarehouse.Column>> has = new ConcurrentHashMap<>();

  /** How a publish would change a table, by its name. */
  public final Map<String, MartWarehouse.Change> changes = new ConcurrentHashMap<>();

  /** What checks find, by their name. */
  public final Map<String, Check.Result> found = new ConcurrentHashMap<>();

  /** Told before a call and after it: may throw, may wait. */
  public volatile Consumer<String> before = _ -> {};

  public volatile Consumer<String> after = _ -> {};

  private final Set<String> jobs = new HashSet<>();

  @Override
  public MartWarehouse open(Warehouse warehouse, dev.naru.bigquery.Owner owner, Instant deadline) {
    return new Session();
  }

  private final class Session implements MartWarehouse {

    private <T> T call(String what, java.util.function.Supplier<T> effect) {
      before.accept(what);
      T answer;
      synchronized (FakeMarts.this) {
        calls.add(what);
        answer = effect.get();
      }
      after.accept(what);
      return answer;
    }

    private void once(MartRun run, String what, Runnable effect) {
      if (jobs.add(run.key() + what)) {
        effects.merge(what, 1, Integer::sum);
        effect.run();
      }
    }

    private void stop(MartRun run) {
      if (run.cancelled().getAsBoolean()) {
        throw new RunCancelled();
      }
    }

    @Override
    public List<String> realise(DatasetSpec dataset) {
      return call("dataset " + dataset.name(), List::of);
    }

    @Override
    public List<String> realise(MartTable table) {
      return call("govern " + table.id().table(), List::of);
    }

    @Override
    public Optional<Existing> find(TableId table) {
      return call(
          "find " + table.table(),
          () ->
              tables.containsKey(table.toString())
                  ? Optional.of(
                      new Existing(
                          table, "TABLE", has.getOrDefault(table.toString(), List.of()), true, 1))
                  : Optional.empty());
    }

    @Override
    public Optional<Past> past(MartTable table) {
      return Optional.ofNullable(past.get(table.id().table()));
    }

    @Override
    public Estimate estimate(Statement query) {
      return call(
          "estimate",
          () ->
              new Estimate(
                  new Cost(
                      bytes.entrySet().stream()
                          .filter(it -> query.sql().contains(it.getKey()))
                          .mapToLong(Map.Entry::getValue)
                          .max()
                          .orElse(10),
                      false),
                  columns,
                  List.of()));
    }

    @Override
    public Built build(
        MartRun run, MartTable table, Statement query, TableId candidate, long maxBytes) {
      stop(run);
      var built =
          call(
              "build " + table.id().table(),
              () -> {
                once(
                    run,
                    "build " + table.id().table(),
                    () -> tables.put(candidate.toString(), query.sql()));
                if (!tables.containsKey(candidate.toString())) {
                  throw new ActionNeededFailure(
                      WarehouseReason.TABLE_NOT_FOUND, "the candidate " + candidate + " is gone");
                }
                return new Built(3, 10, List.of(), new Seen("none", Instant.EPOCH));
              });
      stop(run);
      return built;
    }

    @Override
    public void preview(
        MartRun run, MartTable table, TableId candidate, Window window, TableId preview) {
      call(
          "preview " + table.id().table(),
          () -> tables.put(preview.toString(), "preview of " + candidate));
    }

    @Override
    public Checked check(
        MartRun run, MartTable table, TableId candidate, List<Check> checks, Allowance allowance) {
      var name = table.id().table();
      try (var share = allowance.take(new Cost(checking.getOrDefault(name, 0L), false))) {
        var checked = checked(table, checks);
        share.billed(checked.bytesBilled());
        return checked;
      } catch (ActionNeededFailure e) {
        if (e.reason() != WarehouseReason.BYTES_CAP_EXCEEDED) {
          throw e;
        }
        return new Checked(
            checks.stream()
                .<Check.Result>map(it -> new Check.Result.Broken(it.name(), e.getMessage()))
                .toList(),
            0);
      }
    }

    private Checked checked(MartTable table, List<Check> checks) {
      return call(
          "check " + table.id().table(),
          () ->
              new Checked(
                  checks.stream()
                      .map(it -> found.getOrDefault(it.name(), new Check.Result.Passed(it.name())))
                      .toList(),
                  Math.max(checking.getOrDefault(table.id().table(), 0L), 1)));
    }

    @Override
    public Cost expected(MartTable table, Window window, Optional<Long> rowsBefore) {
      return new Cost(expecting.getOrDefault(table.id().table(), 0L), false);
    }

    @Override
    public Publishing publishing(MartRun run, MartTable table, TableId candidate, Window window) {
      var name = table.id().table();
      return new Publishing(
          new Cost(publishing.getOrDefault(name, 0L), false),
          jobs.contains(run.key() + "publish " + name));
    }

    @Override
    public Change change(MartTable table, List<Column> columns) {
      return changes.getOrDefault(
          table.id().table(),
          new Change(
              !tables.containsKey(table.id().toString()),
              List.of(),
              List.of(),
              List.of(),
              List.of()));
    }

    @Override
    public Published publish(
        MartRun run,
        MartTable table,
        TableId candidate,
        Statement query,
        Window window,
        Seen seen,
        long billed) {
      return call(
          "publish " + table.id().table(),
          () -> {
            once(
                run,
                "publish " + table.id().table(),
                () -> {
                  published.add(table.id().table() + " " + window.start());
                  tables.put(
                      table.id().toString(),
                      tables.get(candidate.toString()) + " from " + window.start());
                });
            return new Published(3, Math.max(publishing.getOrDefault(table.id().table(), 0L), 5));
          });
    }

    @Override
    public void discard(TableId candidate) {
      call("discard", () -> tables.remove(candidate.toString()));
    }

    @Override
    public boolean delete(TableId table, dev.naru.bigquery.Owner owner) {
      return call(
          "delete " + table.table(),
          () -> !foreign.contains(table.toString()) && tables.remove(table.toString()) != null);
    }

    @Override
    public boolean delete(DatasetSpec dataset) {
      return call(
          "delete dataset",
          () -> tables.keySet().stream().noneMatch(it -> it.contains("." + dataset.name() + ".")));
    }

    @Override
    public void close() {}
  }
}
