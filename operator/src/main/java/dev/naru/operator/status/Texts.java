package dev.naru.operator.status;

import java.util.Map;
import java.util.TreeMap;

/** Texts that have to fit. Pure. */
public final class Texts {

  /** So many fields, of so many characters, has {@code status.effective}. */
  private static final int MAX_EFFECTIVE = 32;

  private static final int MAX_FIELD = 256;

  private Texts() {}

  /** At most so many characters; an ellipsis stands for what is left out. */
  public static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }

  /**
   * The bounds of {@code status.effective}: many labels must not make it impossible to write.
   *
   * @param child kind of the object that has them all
   */
  public static Map<String, String> bounded(Map<String, String> all, String child) {
    var effective = new TreeMap<>(all);
    effective.replaceAll((_, it) -> cut(it, MAX_FIELD));
    var more = effective.size() - MAX_EFFECTIVE;
    if (more > 0) {
      while (effective.size() >= MAX_EFFECTIVE) {
        effective.pollLastEntry();
      }
      effective.put("…", "%s fields more; the %s has them all".formatted(more + 1, child));
    }
    return effective;
  }
}
