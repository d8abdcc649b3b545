package dev.naru.e2e;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Something that must not be found, by a part of it that no encoding changes: letters and digits.
 * Only base64 hides these, in three alignments.
 *
 * @param what for messages, so that a failing test does not print the secret either
 * @param core the part that is looked for
 * @param forms how it may stand in a text
 */
record Needle(String what, String core, List<String> forms) {

  Needle(String what, String core) {
    this(what, core, forms(core));
  }

  Needle {
    if (!core.matches("[A-Za-z0-9]{12,}")) {
      throw new IllegalArgumentException("letters and digits, at least twelve");
    }
  }

  /** One that exists nowhere yet. Short enough for errors that quote the first 32 characters. */
  static Needle random(String what) {
    return new Needle(
        what, "naruHunt" + UUID.randomUUID().toString().replace("-", "").substring(0, 16));
  }

  /** Whether a text holds it, as it is or in base64. */
  boolean in(String text) {
    return forms.stream().anyMatch(text::contains);
  }

  private static List<String> forms(String core) {
    return Stream.concat(
            Stream.of(core), IntStream.range(0, 3).mapToObj(before -> base64(core, before)))
        .toList();
  }

  /** What of its base64 does not depend on what stands before and after it. */
  private static String base64(String core, int before) {
    var bytes = ("\0".repeat(before) + core).getBytes(StandardCharsets.UTF_8);
    var text = Base64.getEncoder().withoutPadding().encodeToString(bytes);
    // characters that carry bits of a neighbour too
    return text.substring(before == 0 ? 0 : before + 1, bytes.length * 4 / 3 - 1);
  }
}
