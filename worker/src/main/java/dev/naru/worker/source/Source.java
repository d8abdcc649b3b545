package dev.naru.worker.source;

import java.util.Collection;

/**
 * One table of a source database, opened for one run. The order of calls is {@link #inspect},
 * {@link #plan}, {@link #read}, {@link #close}; all of them throw a {@link
 * dev.naru.bigquery.Failure} whose message is written for people. Every session that is open holds
 * a slot of the Connection's budget.
 */
public interface Source extends AutoCloseable {

  /**
   * Opens the first session and looks the table up; refuses a run that cannot work (unknown names,
   * missing rights, an invalid filter).
   *
   * @throws InterruptedException when interrupted while waiting for a slot
   */
  TableInfo inspect() throws InterruptedException;

  /**
   * Takes the safe bound, then the snapshot, then decides the chunks. The view of the data is held
   * until {@link #close}.
   */
  ReadPlan plan(ReadRequest request) throws InterruptedException;

  /**
   * Reads chunks of a plan made by this source, with up to {@code parallelism} sessions under the
   * plan's view. Returns when every chunk was read and committed to the sink, or throws after
   * aborting what was not; it never returns with fewer rows.
   *
   * @param chunks those still missing; receipts of an earlier attempt stand for the others
   */
  void read(ReadPlan plan, Collection<Chunk> chunks, ChunkSink sink) throws InterruptedException;

  /**
   * Rows the plan covers, counted by the server under the plan's view: what the receipts must add
   * up to.
   */
  long count(ReadPlan plan) throws InterruptedException;

  /** Ends all sessions and frees their slots. */
  @Override
  void close();
}
