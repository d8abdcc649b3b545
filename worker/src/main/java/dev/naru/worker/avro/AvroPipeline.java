package dev.naru.worker.avro;

import com.github.luben.zstd.ZstdCompressCtx;
import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;

/**
 * Takes encoded rows off a reading thread: a second thread hashes, compresses and writes them. A
 * fixed pool of blocks is all the memory there is; when the files are slower than the database, the
 * reader waits for a free block and the server feels it through the socket.
 *
 * @param <T> where files go
 */
public final class AvroPipeline<T extends AvroPipeline.Target> implements AutoCloseable {

  /** Blocks of one pipeline. */
  static final int BLOCKS = 5;

  private static final int ZSTD_LEVEL = 1;

  private final ArrayBlockingQueue<Block> free = new ArrayBlockingQueue<>(BLOCKS);
  private final ArrayBlockingQueue<Step<T>> steps = new ArrayBlockingQueue<>(BLOCKS + 3);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final String schema;
  private final IntConsumer written;
  private final Thread thread;
  private final RowWriter rows;
  private volatile Exception failure;

  /**
   * Starts the writing thread.
   *
   * @param schema of all files, see {@link AvroSchema}
   * @param maxRowBytes largest row in Avro bytes
   * @param written told the rows of every block that was written
   */
  public AvroPipeline(String name, String schema, int maxRowBytes, IntConsumer written)
      throws InterruptedException {
    this.schema = schema;
    this.written = written;
    for (var i = 0; i < BLOCKS; i++) {
      free.add(new Block());
    }
    this.rows = new RowWriter(this, maxRowBytes);
    this.thread = Thread.ofPlatform().daemon().name(name).start(this::work);
  }

  /** Where the rows are written to, by one thread. */
  public RowWriter rows() {
    return rows;
  }

  /** Begins a file. The rows that follow belong to it. */
  public void open(FileOpener<T> opener) throws InterruptedException {
    submit(new Open<>(opener));
  }

  /** Ends the file; its completion is called on the writing thread, after the last byte. */
  public void finish(FileCompletion<T> completion) throws InterruptedException {
    rows.flush();
    submit(new Finish<>(completion));
  }

  /** Waits until everything is written and completed. */
  public void drain() throws InterruptedException {
    submit(new Stop<>());
    ended.await();
    check();
  }

  /** Ends the writing thread; a file that was not finished is dropped. */
  @Override
  public void close() {
    thread.interrupt();
    var interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  Block take() throws InterruptedException {
    while (true) {
      check();
      var block = free.poll(100, TimeUnit.MILLISECONDS);
      if (block != null) {
        return block;
      }
    }
  }

  void put(Block block) throws InterruptedException {
    submit(new Rows<>(block));
  }

  private void submit(Step<T> step) throws InterruptedException {
    while (!steps.offer(step, 100, TimeUnit.MILLISECONDS)) {
      check();
    }
    check();
  }

  private void check() {
    var cause = failure;
    if (cause != null) {
      throw new WriteFailedException(cause);
    }
  }

  private void work() {
    OpenFile<T> file = null;
    try (var zstd = new ZstdCompressCtx()) {
      zstd.setLevel(ZSTD_LEVEL);
      for (var going = true; going; ) {
        switch (steps.take()) {
          case Open<T> open -> {
            var target = open.opener().open();
            file = new OpenFile<>(target, new AvroFile(target, zstd, schema));
          }
          case Rows<T> batch -> {
            var block = batch.block();
            file.avro().write(block);
            written.accept(block.rows);
            block.clear();
            free.add(block);
          }
          case Finish<T> finish -> {
            finish.completion().complete(file.target(), file.avro().summary());
            file.target().close();
            file = null;
          }
          case Stop<T> stop -> going = false;
        }
      }
    } catch (Exception e) {
      failure = e;
    } finally {
      abandon(file);
      ended.countDown();
    }
  }

  private void abandon(OpenFile<T> file) {
    if (file == null) {
      return;
    }
    try {
      file.target().close();
    } catch (IOException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  private record OpenFile<T extends Target>(T target, AvroFile avro) {}

  private sealed interface Step<T> {}

  private record Open<T extends Target>(FileOpener<T> opener) implements Step<T> {}

  private record Rows<T>(Block block) implements Step<T> {}

  private record Finish<T extends Target>(FileCompletion<T> completion) implements Step<T> {}

  private record Stop<T>() implements Step<T> {}

  /** Where one file goes; closing it before its completion drops it. */
  public interface Target extends AutoCloseable {
    void write(byte[] bytes, int offset, int length) throws IOException;

    @Override
    void close() throws IOException;
  }

  /** Begins a file, on the writing thread. */
  @FunctionalInterface
  public interface FileOpener<T extends Target> {
    T open() throws IOException;
  }

  /** Ends a file, on the writing thread. */
  @FunctionalInterface
  public interface FileCompletion<T extends Target> {
    void complete(T target, Summary file) throws IOException;
  }

  /**
   * What a finished file holds.
   *
   * @param rowBytes bytes of the rows before compression
   * @param hashXor see {@link RowHash}
   */
  public record Summary(long rows, long rowBytes, long fileBytes, String hashXor, String hashSum) {}

  /** The writing thread failed; the cause says why. */
  public static final class WriteFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    WriteFailedException(Exception cause) {
      super("the staged file could not be written: " + cause.getMessage(), cause);
    }
  }
}
