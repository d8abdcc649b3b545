package dev.naru.bigquery;

import dev.naru.runfile.RunFile.NewColumns;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The table that a resource fills: created, adopted and widened so that its rows fit. */
public final class Target {

  private static final Logger LOG = LoggerFactory.getLogger(Target.class);

  /** Others may change the table while we look; more often than this is no coincidence. */
  private static final int TRIES = 5;

  private final TableId id;
  private final Owner owner;
  private final boolean adopt;
  private final Layout layout;
  private final NewColumns policy;
  private final Tables tables;
  private final Query query;
  private final JobRunner jobs;

  Target(
      TableId id,
      Owner owner,
      boolean adopt,
      Layout layout,
      NewColumns policy,
      Tables tables,
      Query query,
      JobRunner jobs) {
    this.id = id;
    this.owner = owner;
    this.adopt = adopt;
    this.layout = layout;
    this.policy = policy;
    this.tables = tables;
    this.query = query;
    this.jobs = jobs;
  }

  /**
   * What a run inserts.
   *
   * @param columns typed as the target is
   * @param created when the table was created
   * @param notes what a person should know about columns left out
   */
  public record Prepared(List<Column> columns, Optional<Instant> created, List<String> notes) {
    public Prepared {
      columns = List.copyOf(columns);
      notes = List.copyOf(notes);
    }
  }

  /** Refuses what would be refused later anyway, before anything is read; changes nothing. */
  public void check(List<Column> wanted) {
    var state = tables.find(id);
    state.ifPresent(found -> found.needsAdoption(owner, adopt));
    if (plan(state, wanted) instanceof SchemaPlan.Create) {
      checkPartitionColumn(wanted);
    }
  }

  /** Makes the rows fit. Safe to repeat after a death at any point. */
  public Prepared prepare(String runKey, List<Column> wanted) {
    for (var attempt = 0; attempt < TRIES; attempt++) {
      var state = tables.find(id);
      switch (plan(state, wanted)) {
        case SchemaPlan.Create create -> {
          checkPartitionColumn(wanted);
          LOG.atInfo()
              .addKeyValue("table", id)
              .addKeyValue("columns", create.columns().size())
              .log("target create");
          tables.createTarget(id, create.columns(), layout, owner);
        }
        case SchemaPlan.Unchanged fits -> {
          if (!state.orElseThrow().needsAdoption(owner, adopt)) {
            return new Prepared(fits.columns(), state.orElseThrow().created(), fits.notes());
          }
          LOG.atInfo().addKeyValue("table", id).addKeyValue("owner", owner).log("target adopt");
          tables.patch(state.orElseThrow(), List.of(), List.of(), owner);
        }
        case SchemaPlan.Change change -> change(runKey, state.orElseThrow(), change);
        case SchemaPlan.Refuse refuse ->
            throw new IllegalStateException("plan() throws this: " + refuse);
      }
    }
    throw new RetryableFailure(
        WarehouseReason.SCHEMA_CONFLICT,
        "The schema of %s kept changing while this run prepared it. Is something else altering the table? The run will be tried again."
            .formatted(id));
  }

  private SchemaPlan plan(Optional<TableState> state, List<Column> wanted) {
    var plan = SchemaPlan.of(id, state.map(TableState::columns), wanted, policy);
    if (plan instanceof SchemaPlan.Refuse(var message)) {
      throw new ActionNeededFailure(
          WarehouseReason.SCHEMA_CONFLICT,
          "The source's columns do not fit %s. %s".formatted(id, message));
    }
    return plan;
  }

  private void change(String runKey, TableState state, SchemaPlan.Change change) {
    state.needsAdoption(owner, adopt);
    LOG.atInfo()
        .addKeyValue("table", id)
        .addKeyValue("add", names(change.add()))
        .addKeyValue("relax", change.relax())
        .addKeyValue("widen", names(change.widen()))
        .log("target change");
    if (!change.add().isEmpty() || !change.relax().isEmpty()) {
      if (!tables.patch(state, change.add(), change.relax(), owner)) {
        return; // somebody was faster: look again
      }
    }
    for (var column : change.widen()) {
      var sql =
          "ALTER TABLE %s ALTER COLUMN %s SET DATA TYPE %s;"
              .formatted(id.sql(), Sql.column(column.name()), column.sqlType());
      jobs.run(new JobStep(runKey, sql), query.statement(sql));
    }
  }

  private void checkPartitionColumn(List<Column> wanted) {
    layout
        .partitioning()
        .filter(by -> wanted.stream().noneMatch(c -> c.name().equalsIgnoreCase(by.column())))
        .ifPresent(
            by -> {
              throw new ActionNeededFailure(
                  WarehouseReason.SCHEMA_CONFLICT,
                  "spec.destination.partitionBy.column is '%s', which is not among the columns that are loaded: %s."
                      .formatted(by.column(), names(wanted)));
            });
  }

  private static String names(List<Column> columns) {
    return columns.stream().map(Column::name).collect(Collectors.joining(", ", "[", "]"));
  }
}
