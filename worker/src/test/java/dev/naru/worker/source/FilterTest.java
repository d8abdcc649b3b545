package dev.naru.worker.source;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.ActionNeededFailure;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "status <> 'DRAFT'",
        "(a = 1 OR b = 2) AND note = 'it''s (; -- /* '",
        "\"Select\" = 1",
        "a - -1 > b / 2",
        "selected_at IS NOT NULL",
        "name = 'SELECT'"
      })
  void predicatesPass(String filter) {
    assertThatCode(() -> Filter.checkPostgresql(filter)).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      delimiter = '|',
      value = {
        "a = 1; DELETE FROM t|6|';'",
        "a = 1) OR (1=1|6|closes nothing",
        "(a = 1|6|never closed",
        "a = 'x|5|never closed",
        "a = 1 -- x|7|comments",
        "a /* x */ = 1|3|comments",
        "a IN (SELECT 1)|7|SELECT",
        "a = $1|5|'$'",
        "a = 'x\\' OR b = '|7|backslash"
      })
  void whatCouldLeaveTheParenthesesIsRefusedWithItsPlace(String filter, int place, String why) {
    assertThatThrownBy(() -> Filter.checkPostgresql(filter))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("character %d:".formatted(place))
        .hasMessageContaining(why);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a = 1 # x", "`a = 1", "a = 1 ; "})
  void mysqlHasMoreComments(String filter) {
    assertThatThrownBy(() -> Filter.checkMysql(filter)).isInstanceOf(ActionNeededFailure.class);
  }

  @Property
  void anythingInsideQuotesPasses(
      @ForAll @AlphaChars @Chars({'(', ')', ';', '-', '/', '*', '$', '#', ' '}) String text) {
    Filter.checkPostgresql("a = '" + text + "'");
    Filter.checkMysql("a = '" + text + "'");
  }

  @Property
  void whatPassesIsBalanced(
      @ForAll @Chars({'(', ')', '\'', 'a', ';', '-'}) @StringLength(max = 12) String text) {
    try {
      Filter.checkPostgresql(text);
    } catch (ActionNeededFailure refused) {
      return;
    }
    var depth = 0;
    var quoted = false;
    for (var i = 0; i < text.length(); i++) {
      var c = text.charAt(i);
      quoted ^= c == '\'';
      depth += quoted || (c != '(' && c != ')') ? 0 : c == '(' ? 1 : -1;
      if (depth < 0 || (!quoted && c == ';')) {
        throw new AssertionError("left its parentheses: " + text);
      }
    }
    if (quoted || depth != 0) {
      throw new AssertionError("not balanced: " + text);
    }
  }
}
