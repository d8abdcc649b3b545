package dev.naru.worker.source;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection budget of a Connection, kept where it cannot be lost: a slot is an advisory lock
 * in the source database itself, held by the session that reads. The server frees it when that
 * session ends, however it ends.
 *
 * @param <S> a session of the engine
 */
public final class Slots<S extends AutoCloseable> {

  private static final Logger LOG = LoggerFactory.getLogger(Slots.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

  private final String connection;
  private final int slots;
  private final Duration firstPause;
  private final Engine<S> engine;

  /**
   * Slots of one Connection.
   *
   * @param slots how many sessions all runs together may hold
   * @param firstPause about how long to wait before asking again; grows to 20 s
   */
  public Slots(String connection, int slots, Duration firstPause, Engine<S> engine) {
    this.connection = connection;
    this.slots = slots;
    this.firstPause = firstPause;
    this.engine = engine;
  }

  /** Waits for a slot. While it waits, no session is kept open. */
  public S acquire() throws InterruptedException {
    var pause = firstPause;
    while (true) {
      var session = tryAcquire();
      if (session.isPresent()) {
        return session.get();
      }
      var jittered =
          pause.plusMillis(ThreadLocalRandom.current().nextLong(1 + pause.toMillis() / 2));
      LOG.atInfo()
          .addKeyValue("connection", connection)
          .addKeyValue("slots", slots)
          .addKeyValue("held", "all")
          .addKeyValue("askAgainIn", jittered)
          .log("waiting for a connection slot");
      Thread.sleep(jittered);
      pause = pause.multipliedBy(2);
      if (pause.compareTo(LONGEST_PAUSE) > 0) {
        pause = LONGEST_PAUSE;
      }
    }
  }

  /** Opens a session if a slot is free right now. */
  public Optional<S> tryAcquire() {
    var session = engine.open();
    var first = ThreadLocalRandom.current().nextInt(slots);
    try {
      for (var i = 0; i < slots; i++) {
        if (engine.tryLock(session, (first + i) % slots)) {
          return Optional.of(session);
        }
      }
    } catch (RuntimeException e) {
      closeAfter(session, e);
      throw e;
    }
    engine.close(session);
    return Optional.empty();
  }

  private void closeAfter(S session, RuntimeException failure) {
    try {
      engine.close(session);
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
    }
  }

  /** What a slot needs of an engine. */
  public interface Engine<S> {
    /** Opens a session that holds no slot yet. */
    S open();

    /** Takes the advisory lock of a slot, without waiting. */
    boolean tryLock(S session, int slot);

    /** Ends a session and with it its locks. */
    void close(S session);
  }
}
