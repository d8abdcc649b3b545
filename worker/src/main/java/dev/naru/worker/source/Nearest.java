package dev.naru.worker.source;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds what a person probably meant. */
public final class Nearest {

  private Nearest() {}

  /** The candidate with the smallest edit distance, if it is at most a third of the name. */
  public static Optional<String> to(String name, Collection<String> candidates) {
    var allowed = Math.max(1, name.length() / 3);
    return candidates.stream()
        .filter(candidate -> distance(name, candidate) <= allowed)
        .min(
            Comparator.<String>comparingInt(candidate -> distance(name, candidate))
                .thenComparing(Comparator.naturalOrder()));
  }

  /** {@code "; did you mean 'x'?"}, or what there is, or nothing when there is nothing. */
  public static String hint(String name, Collection<String> candidates) {
    var nearest = to(name, candidates);
    if (nearest.isPresent()) {
      return "; did you mean '%s'?".formatted(nearest.get());
    }
    if (candidates.isEmpty()) {
      return "; there is none that this user can see.";
    }
    var shown = candidates.stream().sorted().limit(10).toList();
    return "; there is: %s%s."
        .formatted(String.join(", ", shown), candidates.size() > 10 ? ", …" : "");
  }

  /** Levenshtein distance without regard to case. */
  static int distance(String one, String other) {
    var a = one.toLowerCase(Locale.ROOT);
    var b = other.toLowerCase(Locale.ROOT);
    var previous = new int[b.length() + 1];
    var current = new int[b.length() + 1];
    for (var j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (var i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (var j = 1; j <= b.length(); j++) {
        var replace = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, 1 + Math.min(previous[j], current[j - 1]));
      }
      var swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
