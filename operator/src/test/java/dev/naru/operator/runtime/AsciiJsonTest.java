package dev.naru.operator.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.ByteBuffer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

final class AsciiJsonTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void asciiPassesAsItIs() {
    var bytes = ByteBuffer.wrap("{\"type\":\"BOOKMARK\"}\n".getBytes(US_ASCII));
    assertThat(new AsciiJson().next(bytes)).isSameAs(bytes);
  }

  @Test
  void aCharacterAcrossTwoBuffersIsWritten() {
    assertThat(through("{\"a\":\"취소 … 🚗\"}\n", 1))
        .isEqualTo("{\"a\":\"\\ucde8\\uc18c \\u2026 \\ud83d\\ude97\"}\n");
  }

  @Property(tries = 200)
  void anyTextCutAnywhereIsTheSameJson(
      @ForAll String text, @ForAll @IntRange(min = 1, max = 9) int size)
      throws JsonProcessingException {
    // half of a pair is no text
    var whole = new String(text.getBytes(UTF_8), UTF_8);
    var value = JSON.createObjectNode().put("text", whole);
    assertThat(JSON.readTree(through(JSON.writeValueAsString(value), size))).isEqualTo(value);
  }

  /** What comes out when it goes in by so many bytes at a time. */
  private static String through(String json, int size) {
    var bytes = json.getBytes(UTF_8);
    var stream = new AsciiJson();
    var text = new StringBuilder();
    for (var at = 0; at < bytes.length; at += size) {
      var out = stream.next(ByteBuffer.wrap(bytes, at, Math.min(size, bytes.length - at)));
      text.append(US_ASCII.decode(out));
    }
    return text.toString();
  }
}
