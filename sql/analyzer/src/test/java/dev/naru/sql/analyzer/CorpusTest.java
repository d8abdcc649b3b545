package dev.naru.sql.analyzer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.sql.Answer;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statements that BigQuery takes: none is refused, and nearly all are understood. */
class CorpusTest {

  private static final int MUTATIONS = Integer.getInteger("naru.sql.mutations", 1_500);

  private final ZetaSqlAnalyzer analyzer = new ZetaSqlAnalyzer();

  static Stream<Corpus.Entry> statements() {
    return Corpus.read().stream();
  }

  @ParameterizedTest
  @MethodSource("statements")
  void isUnderstood(Corpus.Entry entry) {
    var answer = analyzer.analyze(Corpus.statement(entry.sql()), Corpus.TABLES);

    switch (entry.expected()) {
      case KNOWN -> assertThat(answer).isInstanceOf(Answer.Known.class);
      case BEYOND ->
          assertThat(answer)
              .isInstanceOfSatisfying(
                  Answer.Unknown.class,
                  it -> assertThat(it.cause()).isEqualTo(Answer.Cause.BEYOND));
    }
  }

  /**
   * What people mistype, by the thousand. A crash of the library would end this process, an
   * exception of ours this test. {@code -Dnaru.sql.mutations=100000} looks longer.
   */
  @Test
  void whateverIsWrittenGetsAnAnswer() {
    var corpus = Corpus.read();
    var random = new Random(20261125);
    var answers = new TreeMap<String, Integer>();
    for (var i = 0; i < MUTATIONS; i++) {
      var sql = Mutations.of(corpus.get(random.nextInt(corpus.size())).sql(), corpus, random);
      var statement = Corpus.statement(sql);
      try {
        analyzer.references(statement);
        var answer = analyzer.analyze(statement, Corpus.TABLES);
        answers.merge(answer.getClass().getSimpleName(), 1, Integer::sum);
      } catch (RuntimeException | Error e) {
        throw new AssertionError("statement %d: %s".formatted(i, sql), e);
      }
    }
    System.out.println("mutations " + answers);
    // some are still right, most are not, few are left to BigQuery
    assertThat(answers.keySet()).containsExactlyElementsOf(List.of("Known", "Refused", "Unknown"));
  }
}
