package dev.naru.worker.fetch;

import com.google.common.hash.Hasher;
import com.google.common.hash.Hashing;
import java.util.Locale;
import java.util.SortedMap;

/**
 * What a model's bytes must add up to, {@code algorithm:hex}. A folder adds up as the lines {@code
 * <hex> <two spaces> <path>} of its files, sorted by path, as {@code sha256sum} writes them.
 */
record Checksum(Algorithm algorithm, String hex) {

  /** How bytes are added up. */
  enum Algorithm {
    SHA256,
    CRC32C;

    Hasher hasher() {
      return switch (this) {
        case SHA256 -> Hashing.sha256().newHasher();
        case CRC32C -> Hashing.crc32c().newHasher();
      };
    }

    /** As tools print it: CRC32C with its highest byte first. */
    String hex(Hasher hasher) {
      var sum = hasher.hash();
      return switch (this) {
        case SHA256 -> sum.toString();
        case CRC32C -> String.format(Locale.ROOT, "%08x", sum.asInt());
      };
    }
  }

  /**
   * Reads {@code sha256:…} or {@code crc32c:…}.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static Checksum parse(String text) {
    var colon = text.indexOf(':');
    var name = colon < 0 ? "" : text.substring(0, colon);
    var hex = text.substring(colon + 1).toLowerCase(Locale.ROOT);
    return switch (name) {
      case "sha256" -> new Checksum(Algorithm.SHA256, hex);
      case "crc32c" -> new Checksum(Algorithm.CRC32C, hex);
      default ->
          throw new IllegalArgumentException(
              "'%s' is no checksum: write sha256: or crc32c: and the digits".formatted(text));
    };
  }

  /** The sum of files. */
  String of(SortedMap<String, String> sums) {
    if (sums.size() == 1 && sums.containsKey("")) {
      return sums.get("");
    }
    var hasher = algorithm.hasher();
    sums.forEach(
        (path, sum) ->
            hasher.putString(sum + "  " + path + "\n", java.nio.charset.StandardCharsets.UTF_8));
    return algorithm.hex(hasher);
  }

  @Override
  public String toString() {
    return algorithm.name().toLowerCase(Locale.ROOT) + ":" + hex;
  }
}
