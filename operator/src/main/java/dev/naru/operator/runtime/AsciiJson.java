package dev.naru.operator.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;

/**
 * Writes a stream of JSON in ASCII, every other character escaped: the same JSON. Fabric8 7.5.2
 * needs it of a watch over plain HTTP ({@code WatchHTTPManager.start}): it decodes each buffer by
 * itself, so that a character across two of them is lost, and takes the whole array of what was
 * decoded, so that characters of several bytes leave NULs at its end. Either ends the informer.
 */
final class AsciiJson {

  private final CharsetDecoder decoder =
      UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE);

  /** The first bytes of a character whose last ones are still to come. */
  private ByteBuffer begun = ByteBuffer.allocate(0);

  /** The next bytes of the stream. */
  ByteBuffer next(ByteBuffer bytes) {
    if (!begun.hasRemaining() && ascii(bytes)) {
      return bytes;
    }
    var all = ByteBuffer.allocate(begun.remaining() + bytes.remaining());
    all.put(begun).put(bytes).flip();
    var chars = CharBuffer.allocate(all.remaining());
    decoder.decode(all, chars, false);
    begun = ByteBuffer.allocate(all.remaining()).put(all).flip();
    return ByteBuffer.wrap(escaped(chars.flip()).getBytes(US_ASCII));
  }

  private static String escaped(CharBuffer chars) {
    var text = new StringBuilder(chars.length());
    chars
        .chars()
        .forEach(
            c -> {
              if (c < 0x80) {
                text.append((char) c);
              } else {
                text.append("\\u%04x".formatted(c));
              }
            });
    return text.toString();
  }

  private static boolean ascii(ByteBuffer bytes) {
    for (var at = bytes.position(); at < bytes.limit(); at++) {
      if (bytes.get(at) < 0) {
        return false;
      }
    }
    return true;
  }
}
