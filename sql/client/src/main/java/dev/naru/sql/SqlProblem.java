package dev.naru.sql;

import java.util.Optional;

/**
 * Why a statement is refused.
 *
 * @param message what is wrong, in one line, without the position
 * @param at where, when that is known
 * @param suggestion the nearest name that exists, when one is near
 */
public record SqlProblem(String message, Optional<Position> at, Optional<String> suggestion) {

  /**
   * As a person reads it: {@code line 3, column 8: Unrecognized name: amout; did you mean amount?}
   */
  @Override
  public String toString() {
    return at.map(it -> it + ": ").orElse("")
        + message
        + suggestion.map(it -> "; did you mean " + it + "?").orElse("");
  }
}
