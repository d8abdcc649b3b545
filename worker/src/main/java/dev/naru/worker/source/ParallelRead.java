package dev.naru.worker.source;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.WarehouseReason;
import dev.naru.worker.avro.AvroPipeline;
import dev.naru.worker.avro.RowWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;

/**
 * Reads chunks with several sessions at once: one reading and one writing thread per session, and
 * the first failure ends them all.
 */
public final class ParallelRead {

  /**
   * BigQuery takes Avro blocks of at most 16 MB, and a row does not span blocks; some room is left
   * for the block's head.
   */
  public static final int MAX_ROW_BYTES = 16_000_000;

  private final String avroSchema;
  private final ChunkSink sink;
  private final Progress progress;

  public ParallelRead(ReadPlan plan, ChunkSink sink) {
    this.avroSchema = plan.avroSchema();
    this.sink = sink;
    this.progress = new Progress(plan.estimatedRows());
  }

  /** A session that can read chunks under the plan's view. */
  public interface Session {

    /** Reads one chunk into the writer. */
    Read read(Chunk chunk, RowWriter rows) throws InterruptedException;

    /** Breaks the connection from another thread, so that a blocked read returns. */
    void abort();
  }

  /** What a session knows about a chunk it has read, see {@link ChunkReceipt}. */
  public record Read(
      long sourceRows, List<ChunkReceipt.Conversion> conversions, long nullCursors) {}

  /** Returns when all chunks are committed to the sink. */
  public void run(List<? extends Session> sessions, Collection<Chunk> chunks)
      throws InterruptedException {
    var queue = new ConcurrentLinkedQueue<>(chunks);
    var threads = Thread.ofPlatform().daemon().name("naru-read-", 0).factory();
    try (var executor = Executors.newThreadPerTaskExecutor(threads)) {
      var tasks = new ExecutorCompletionService<Void>(executor);
      for (var session : sessions) {
        tasks.submit(
            () -> {
              readAll(session, queue);
              return null;
            });
      }
      var complete = false;
      try {
        for (var i = 0; i < sessions.size(); i++) {
          tasks.take().get();
        }
        complete = true;
      } catch (ExecutionException e) {
        throw failure(e.getCause());
      } finally {
        if (!complete) {
          executor.shutdownNow();
          sessions.forEach(Session::abort);
        }
      }
    }
    progress.done();
  }

  private void readAll(Session session, ConcurrentLinkedQueue<Chunk> queue)
      throws InterruptedException {
    var writer = Thread.currentThread().getName().replace("read", "write");
    try (var pipeline =
        new AvroPipeline<ChunkSink.Output>(writer, avroSchema, MAX_ROW_BYTES, progress::add)) {
      for (var chunk = queue.poll(); chunk != null; chunk = queue.poll()) {
        var current = chunk;
        var start = System.nanoTime();
        pipeline.open(() -> sink.open(current));
        var read = session.read(chunk, pipeline.rows());
        pipeline.finish((output, file) -> commit(current, start, read, output, file));
      }
      pipeline.drain();
    }
  }

  private static void commit(
      Chunk chunk, long start, Read read, ChunkSink.Output output, AvroPipeline.Summary file)
      throws IOException {
    if (file.rows() != read.sourceRows()) {
      throw new RetryableFailure(
          SourceReason.CONNECTION_LOST,
          "The server sent %,d rows of chunk %s, but %,d arrived. Nothing was published; the next attempt reads it again."
              .formatted(read.sourceRows(), chunk.id(), file.rows()));
    }
    output.commit(
        new ChunkReceipt(
            chunk.id(),
            file.rows(),
            read.sourceRows(),
            file.rowBytes(),
            file.fileBytes(),
            file.hashXor(),
            file.hashSum(),
            read.conversions(),
            read.nullCursors(),
            Duration.ofNanos(System.nanoTime() - start)));
  }

  private static RuntimeException failure(Throwable cause) {
    return switch (cause) {
      case Failure failure -> failure;
      case AvroPipeline.WriteFailedException e when e.getCause() instanceof Failure failure ->
          failure;
      case AvroPipeline.WriteFailedException e ->
          new RetryableFailure(
              WarehouseReason.WAREHOUSE_UNREACHABLE,
              "A staged file could not be written: %s. The target was not touched."
                  .formatted(e.getCause().getMessage()),
              e.getCause());
      default -> new IllegalStateException(cause);
    };
  }
}
