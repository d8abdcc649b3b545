package dev.naru.bigquery.mart;

import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.Owner;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.Warehouse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that a mart asks of BigQuery, as the warehouse's account. Calls block; they belong on
 * a virtual thread. Whatever changes something may be repeated after a crash at any moment: jobs
 * are found by ids made of run, table and step. What cannot go on is thrown as a {@link
 * dev.naru.bigquery.Failure}, a cancelled run as {@link RunCancelled}.
 */
public interface MartWarehouse extends AutoCloseable {

  /**
   * Opens a session with BigQuery; no request is sent yet.
   *
   * @param labels put on every job besides those that name its run
   */
  static MartWarehouse open(
      Warehouse warehouse, Map<String, String> labels, Patience patience, CallObserver observer) {
    return on(WarehouseSession.open(warehouse, labels, patience, observer, Owner.Kind.DATA_MART));
  }

  /** On a session that is open; closing this closes that. */
  static MartWarehouse on(WarehouseSession session) {
    return new MartSession(session);
  }

  /**
   * Makes the dataset as declared, or repairs what drifted; makes the ops dataset when there is
   * none.
   *
   * @return what was changed, for an event; empty when nothing was written
   */
  List<String> realise(DatasetSpec dataset);

  /**
   * Repairs what drifted of a published table: description, labels, column descriptions, policy
   * tags, expiration, the required filter, row policies. Never its rows, columns or storage.
   *
   * @return what was changed; empty when nothing was written or the table is not there yet
   */
  List<String> realise(MartTable table);

  /** What there is under a table's name. */
  Optional<Existing> find(TableId table);

  /**
   * What runs of its mart published last into a table that is there and the mart's, as the ledger
   * remembers it: a DataMart that was deleted and applied again knows nothing of it.
   */
  Optional<Past> past(MartTable table);

  /**
   * What a query would read and answer; free of charge.
   *
   * @throws dev.naru.bigquery.ActionNeededFailure when BigQuery refuses it: reason {@code
   *     InvalidQuery} with line and column as BigQuery gives them
   */
  Estimate estimate(Statement query);

  /**
   * Writes a query's result into a candidate, which expires at {@link MartRun#keepUntil}. A
   * candidate of a view is a view.
   *
   * @param maxBytes the job fails before it costs anything when it would be billed for more
   */
  Built build(MartRun run, MartTable table, Statement query, TableId candidate, long maxBytes);

  /**
   * Makes a view that shows a target as it will be once a candidate is published: for Partitions
   * the target without the window's partitions and the candidate, for Merge the target without the
   * candidate's keys and the candidate's one row per key; else, and as long as there is no target,
   * the candidate. Tables built later in the same run read it. It expires as the candidate does.
   *
   * @param preview the view's name
   */
  void preview(MartRun run, MartTable table, TableId candidate, Window window, TableId preview);

  /**
   * Makes all checks of a candidate, in as few scans as possible.
   *
   * @param allowance for all of them together
   */
  Checked check(
      MartRun run, MartTable table, TableId candidate, List<Check> checks, Allowance allowance);

  /**
   * What a publish would change of columns and storage; nothing is written.
   *
   * @param columns of the candidate, or of the estimate
   */
  Change change(MartTable table, List<Column> columns);

  /**
   * At most what a publish would be billed for whose candidate is not built yet; free of charge.
   *
   * @param rowsBefore that the last publish wrote: the next is taken to be as large
   */
  Cost expected(MartTable table, Window window, Optional<Long> rowsBefore);

  /**
   * At most what the publish of a candidate is billed for; free of charge.
   *
   * @throws dev.naru.bigquery.ActionNeededFailure when the Warehouse does not allow so much
   */
  Publishing publishing(MartRun run, MartTable table, TableId candidate, Window window);

  /**
   * Makes a candidate's rows visible: creates the target or adds columns to it, governs it, and
   * replaces rows in one transaction together with the ledger's row. One that was done is not done
   * again; one begun is finished.
   *
   * @param query what a view is made of, naming published tables; others are published from the
   *     candidate
   * @param window which partitions are replaced
   * @param seen what {@link #build} saw: a target that somebody changed since, or into which
   *     another run has published since, is not touched
   * @param billed what building and checking it was billed for, for the ledger
   */
  Published publish(
      MartRun run,
      MartTable table,
      TableId candidate,
      Statement query,
      Window window,
      Seen seen,
      long billed);

  /** As above, for a candidate that cost nothing. */
  default Published publish(
      MartRun run, MartTable table, TableId candidate, Statement query, Window window, Seen seen) {
    return publish(run, table, candidate, query, window, seen, 0);
  }

  /** Removes a candidate; one that is gone already is fine. */
  void discard(TableId candidate);

  /**
   * Removes a dataset's table that carries the owner's labels; one that is gone is fine.
   *
   * @return whether it was removed
   */
  boolean delete(TableId table, Owner owner);

  /** Removes the dataset when it is the owner's and holds nothing more. */
  boolean delete(DatasetSpec dataset);

  @Override
  void close();

  /**
   * A column as BigQuery has it.
   *
   * @param type as SQL writes it, e.g. {@code ARRAY<STRUCT<id INT64>>}
   */
  record Column(String name, String type) {}

  /**
   * A table, view or materialized view that exists.
   *
   * @param kind {@code TABLE}, {@code VIEW} or {@code MATERIALIZED_VIEW}
   * @param owned whether it carries the labels of a resource of Naru, whichever
   */
  record Existing(TableId id, String kind, List<Column> columns, boolean owned, long rows) {
    public Existing {
      columns = List.copyOf(columns);
    }
  }

  /**
   * The last publish of a table.
   *
   * @param through end of its window
   */
  record Past(Instant through, Instant publishedAt) {}

  /** A dry run's answer. */
  record Estimate(Cost cost, List<Column> columns, List<TableId> referenced) {
    public Estimate {
      columns = List.copyOf(columns);
      referenced = List.copyOf(referenced);
    }
  }

  /**
   * A candidate.
   *
   * @param rows 0 for a view
   * @param seen the target as it was then
   */
  record Built(long rows, long bytesBilled, List<Column> columns, Seen seen) {
    public Built {
      columns = List.copyOf(columns);
    }
  }

  /** What all checks of a candidate found, in their order. */
  record Checked(List<Check.Result> results, long bytesBilled) {
    public Checked {
      results = List.copyOf(results);
    }
  }

  /**
   * How a target would change.
   *
   * @param storage what makes the target be built anew beside itself and swapped, e.g. {@code
   *     partitioning DAY(day) becomes MONTH(day)}
   */
  record Change(
      boolean creates,
      List<String> added,
      List<String> removed,
      List<String> retyped,
      List<String> storage) {
    public Change {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
      retyped = List.copyOf(retyped);
      storage = List.copyOf(storage);
    }

    /** Whether readers may break. */
    public boolean breaking() {
      return !removed.isEmpty() || !retyped.isEmpty();
    }

    /** Whether the target is built anew beside itself and swapped. */
    public boolean swaps() {
      return breaking() || !storage.isEmpty();
    }
  }

  /**
   * A publish that is to be done.
   *
   * @param done whether the run has done it already
   */
  record Publishing(Cost cost, boolean done) {}

  /** A target after a publish; rows are those that were written. */
  record Published(long rows, long bytesBilled) {}
}
