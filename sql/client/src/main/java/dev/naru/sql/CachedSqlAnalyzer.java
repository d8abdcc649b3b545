package dev.naru.sql;

import com.fasterxml.jackson.core.type.TypeReference;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Remembers answers by statement and catalog, so that a reconcile may ask every time. What depends
 * on the question alone is kept until newer answers need the room. A statement that the analyzer
 * failed over is left alone for a while: one that kills the process each time would take the
 * answers from all others. So is one that it was late for, longer each time: the first questions
 * after a start may be late on a busy machine, and are not too much for it. That no analyzer runs,
 * or that it is busy, is never remembered.
 *
 * <p>After several late answers in a row nothing is asked for half a minute: an analyzer that hangs
 * costs a reconcile of a hundred statements one deadline, not a hundred.
 */
public final class CachedSqlAnalyzer implements SqlAnalyzer {

  /** How long a statement that was too much for the analyzer is left alone. */
  static final Duration LEFT_ALONE = Duration.ofMinutes(10);

  /** How long one is left alone that it was late for once; twice as long each time after that. */
  static final Duration LEFT_ALONE_FIRST = Duration.ofSeconds(30);

  /** How long nothing is asked after {@link #LATE_IN_A_ROW} late answers. */
  static final Duration PAUSE = Duration.ofSeconds(30);

  static final int LATE_IN_A_ROW = 3;

  /** Characters of all answers that are kept, as JSON. */
  private static final long ROOM = 16L << 20;

  /** What an entry takes besides its answer. */
  private static final long OVERHEAD = 200;

  /**
   * An answer.
   *
   * @param until it is asked for again; empty: never
   * @param leftAlone how long it is kept
   */
  private record Kept(String answer, Optional<Instant> until, Duration leftAlone) {

    Kept(String answer) {
      this(answer, Optional.empty(), Duration.ZERO);
    }

    long size() {
      return answer.length() + OVERHEAD;
    }
  }

  private final SqlAnalyzer analyzer;
  private final Clock clock;
  private final long room;

  /** The least recently used first. */
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long size;
  private int late;
  private Instant pausedUntil = Instant.MIN;

  /** Remembers what this analyzer answers, in about 16 MiB. */
  public CachedSqlAnalyzer(SqlAnalyzer analyzer, Clock clock) {
    this(analyzer, clock, ROOM);
  }

  CachedSqlAnalyzer(SqlAnalyzer analyzer, Clock clock, long room) {
    this.analyzer = analyzer;
    this.clock = clock;
    this.room = room;
  }

  @Override
  public Answer<References> references(Statement statement) {
    return answer(
        Protocol.digest("references", statement),
        Protocol.REFERENCES_ANSWER,
        () -> analyzer.references(statement));
  }

  @Override
  public Answer<Analysis> analyze(Statement statement, List<TableSchema> catalog) {
    return answer(
        Protocol.digest("analyze", new Protocol.AnalysisRequest(statement, catalog)),
        Protocol.ANALYSIS_ANSWER,
        () -> analyzer.analyze(statement, catalog));
  }

  private <T> Answer<T> answer(
      String key, TypeReference<Answer<T>> type, Supplier<Answer<T>> question) {
    var known = known(key);
    if (known.isPresent()) {
      return Protocol.read(known.get(), type);
    }
    if (paused()) {
      return new Answer.Unknown<>(Answer.Cause.LATE, "the SQL analyzer does not answer in time");
    }
    var answer = question.get();
    remember(key, answer, Protocol.write(answer, type));
    return answer;
  }

  private synchronized Optional<String> known(String key) {
    var entry = kept.get(key);
    // one that is over is kept all the same: it tells how often the analyzer was late
    return Optional.ofNullable(entry)
        .filter(it -> it.until().filter(until -> !clock.instant().isBefore(until)).isEmpty())
        .map(Kept::answer);
  }

  private synchronized boolean paused() {
    return clock.instant().isBefore(pausedUntil);
  }

  private synchronized void remember(String key, Answer<?> answer, String written) {
    switch (answer) {
      case Answer.Known<?> _, Answer.Refused<?> _ -> {
        late = 0;
        keep(key, new Kept(written));
      }
      case Answer.Unknown<?> unknown -> {
        switch (unknown.cause()) {
          case BEYOND -> keep(key, new Kept(written));
          case LATE -> {
            leaveAlone(key, written, longer(key));
            late++;
            if (late >= LATE_IN_A_ROW) {
              late = 0;
              pausedUntil = clock.instant().plus(PAUSE);
            }
          }
          case FAILED -> leaveAlone(key, written, LEFT_ALONE);
          case NONE, ABSENT, BUSY -> {}
        }
      }
    }
  }

  private Duration longer(String key) {
    var before = kept.get(key);
    if (before == null || before.until().isEmpty()) {
      return LEFT_ALONE_FIRST;
    }
    var twice = before.leftAlone().multipliedBy(2);
    return twice.compareTo(LEFT_ALONE) < 0 ? twice : LEFT_ALONE;
  }

  private void leaveAlone(String key, String written, Duration time) {
    keep(key, new Kept(written, Optional.of(clock.instant().plus(time)), time));
  }

  private void keep(String key, Kept entry) {
    var before = kept.put(key, entry);
    size += entry.size() - (before == null ? 0 : before.size());
    var oldest = kept.entrySet().iterator();
    while (size > room && oldest.hasNext()) {
      size -= oldest.next().getValue().size();
      oldest.remove();
    }
  }
}
