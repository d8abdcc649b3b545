package dev.naru.worker.source;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells how far a read is, in the log, every ten seconds. Called by all writing threads. */
final class Progress {

  private static final Logger LOG = LoggerFactory.getLogger(Progress.class);
  private static final long INTERVAL = Duration.ofSeconds(10).toNanos();

  private final long estimatedRows;
  private final long start = System.nanoTime();
  private long next = start + INTERVAL;
  private long rows;

  Progress(long estimatedRows) {
    this.estimatedRows = estimatedRows;
  }

  synchronized void add(int more) {
    rows += more;
    var now = System.nanoTime();
    if (now - next >= 0) {
      next = now + INTERVAL;
      log("reading");
    }
  }

  synchronized void done() {
    log("read");
  }

  private void log(String what) {
    var seconds = (System.nanoTime() - start) / 1e9;
    LOG.atInfo()
        .addKeyValue("rows", rows)
        .addKeyValue("ofAbout", estimatedRows < 0 ? "unknown" : Long.toString(estimatedRows))
        .addKeyValue("seconds", Math.round(seconds * 10) / 10.0)
        .addKeyValue("rowsPerSecond", (long) (rows / Math.max(seconds, 1e-3)))
        .log(what);
  }
}
