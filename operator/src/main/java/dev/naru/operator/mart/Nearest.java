package dev.naru.operator.mart;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Finds what somebody may have meant. Pure. */
public final class Nearest {

  /** A third of a name may be wrong. */
  private static final int SHARE = 3;

  private Nearest() {}

  /** {@code ; did you mean 'x'?}, or nothing when no name is near. */
  public static String suggestion(String wanted, Collection<String> names) {
    var distance = new LevenshteinDistance(Math.max(1, wanted.length() / SHARE));
    record Candidate(String name, int distance) {}
    return names.stream()
        .map(
            it ->
                new Candidate(
                    it,
                    distance.apply(wanted.toLowerCase(Locale.ROOT), it.toLowerCase(Locale.ROOT))))
        .filter(it -> it.distance() >= 0)
        .min(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::name))
        .map(it -> "; did you mean '%s'?".formatted(it.name()))
        .orElse("");
  }
}
