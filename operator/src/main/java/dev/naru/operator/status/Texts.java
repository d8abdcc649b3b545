package dev.naru.operator.status;

/** Texts that have to fit. Pure. */
public final class Texts {

  private Texts() {}

  /** At most so many characters; an ellipsis stands for what is left out. */
  public static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
