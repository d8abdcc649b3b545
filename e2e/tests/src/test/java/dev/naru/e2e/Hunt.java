package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks for needles in many places. A place counts as searched only when a text was found there
 * that has to be there: an empty answer would prove nothing.
 *
 * @param known place → what must be found in it
 * @param searched places where it was found
 * @param findings needle and place, with what stands around
 */
record Hunt(
    List<Needle> needles, Map<String, String> known, Set<String> searched, Set<String> findings) {

  private static final int AROUND = 150;

  Hunt(List<Needle> needles, Map<String, String> known) {
    this(needles, known, ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
  }

  void search(Map<String, String> places) {
    places.forEach(this::search);
  }

  void search(String place, String text) {
    if (text.contains(known.get(place))) {
      searched.add(place);
    }
    for (var needle : needles) {
      for (var form : needle.forms()) {
        var at = text.indexOf(form);
        if (at >= 0) {
          findings.add(
              "%s in %s: %s".formatted(needle.what(), place, around(text, at, form.length())));
        }
      }
    }
  }

  void expectNothing() {
    assertThat(searched).as("places that were searched").isEqualTo(known.keySet());
    assertThat(findings).as("findings").isEmpty();
  }

  private static String around(String text, int at, int length) {
    var before = text.substring(Math.max(0, at - AROUND), at);
    var after = text.substring(at + length, Math.min(text.length(), at + length + AROUND));
    return before + "(it)" + after;
  }
}
