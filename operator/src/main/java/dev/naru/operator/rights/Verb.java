package dev.naru.operator.rights;

import java.util.Locale;

/** What may be done to a resource. There is no wildcard, and no deleting of whole collections. */
public enum Verb {
  CREATE,
  DELETE,
  GET,
  LIST,
  PATCH,
  UPDATE,
  WATCH;

  /** As a role writes it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
