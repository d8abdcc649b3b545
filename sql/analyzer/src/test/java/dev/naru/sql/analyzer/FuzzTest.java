package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Answer;
import dev.naru.sql.RemoteSqlAnalyzer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real process, with the memory of its container, is asked whatever people may write, for a few
 * seconds, or for long by {@code e2e/soak/analyzer}: it answers all of it, never ends, and stays
 * within its memory.
 */
class FuzzTest {

  /** Of the container, by the chart's default; two fifths of it are heap. */
  private static final long LIMIT_MB = 512;

  /** One statement of so many is as large as statements may be. */
  private static final int LARGE = 50;

  private static final Duration LENGTH =
      Duration.ofSeconds(Integer.getInteger("naru.sql.fuzz.seconds", 5));
  private static final long SEED = Long.getLong("naru.sql.fuzz.seed", 20261125L);

  /** More than the product's: a machine with other work to do fails nothing here. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
  private static final Pattern HIGHEST = Pattern.compile("VmHWM:\\s+(\\d+) kB");

  private final List<Corpus.Entry> corpus = Corpus.read();
  private final Random random = new Random(SEED);
  private final TreeMap<String, Integer> answers = new TreeMap<>();
  private final List<Long> micros = new ArrayList<>();

  @TempDir private Path folder;

  @Test
  void itAnswersEverythingAndStaysWithinItsMemory() throws Exception {
    var socket = folder.resolve("sql.sock");
    var begin = System.nanoTime();
    try (var analyzer = new AnalyzerProcess(socket, folder.resolve("log"), "-Xmx205m");
        var remote = new RemoteSqlAnalyzer(socket, PATIENCE)) {
      analyzer.await("it serves", () -> Files.exists(socket));
      var ready = millis(begin);
      var first = timed(() -> ask(remote, corpus.getFirst().sql()));
      var second = timed(() -> ask(remote, corpus.getFirst().sql()));
      var serving = analyzer.serving();
      var warm = 0L;
      var end = System.nanoTime() + LENGTH.toNanos();
      while (System.nanoTime() < end) {
        var sql = next();
        micros.add(timed(() -> ask(remote, sql)));
        assertThat(analyzer.serving().pid())
            .as("it lives on after: %s", sql)
            .isEqualTo(serving.pid());
        if (warm == 0 && System.nanoTime() > end - LENGTH.toNanos() / 2) {
          warm = megabytes(serving, RESIDENT);
        }
      }
      report(ready, first, second, warm, serving);
      assertThat(answers.keySet())
          .as("nothing else happens: %s", answers)
          .isSubsetOf("Known", "Refused", "BEYOND");
      assertThat(megabytes(serving, HIGHEST)).isLessThan(LIMIT_MB);
    }
  }

  private String next() {
    return random.nextInt(LARGE) == 0
        ? Mutations.large(corpus, random)
        : Mutations.of(corpus.get(random.nextInt(corpus.size())).sql(), corpus, random);
  }

  private void ask(RemoteSqlAnalyzer remote, String sql) {
    var statement = Corpus.statement(sql);
    count(remote.references(statement));
    count(remote.analyze(statement, Corpus.TABLES));
  }

  private void count(Answer<?> answer) {
    answers.merge(
        answer instanceof Answer.Unknown<?>(var cause, var _)
            ? cause.name()
            : answer.getClass().getSimpleName(),
        1,
        Integer::sum);
  }

  private void report(long ready, long first, long second, long warm, ProcessHandle serving)
      throws IOException {
    var sorted = micros.stream().sorted().toList();
    System.out.printf(
        "fuzz: {\"seed\": %d, \"seconds\": %d, \"ready_ms\": %d, \"first_us\": %d, \"second_us\": %d, \"asked\": %d, \"answers\": \"%s\", \"p50_us\": %d, \"p99_us\": %d, \"max_us\": %d, \"half_mb\": %d, \"end_mb\": %d, \"highest_mb\": %d}%n",
        SEED,
        LENGTH.toSeconds(),
        ready,
        first,
        second,
        sorted.size(),
        answers,
        sorted.get(sorted.size() / 2),
        sorted.get(sorted.size() * 99 / 100),
        sorted.getLast(),
        warm,
        megabytes(serving, RESIDENT),
        megabytes(serving, HIGHEST));
  }

  private static long timed(Runnable what) {
    var begin = System.nanoTime();
    what.run();
    return (System.nanoTime() - begin) / 1000;
  }

  private static long millis(long begin) {
    return (System.nanoTime() - begin) / 1_000_000;
  }

  private static long megabytes(ProcessHandle process, Pattern of) throws IOException {
    var status = Files.readString(Path.of("/proc/%d/status".formatted(process.pid())));
    var found = of.matcher(status);
    if (!found.find()) {
      throw new IllegalStateException(status);
    }
    return Long.parseLong(found.group(1)) / 1024;
  }
}
