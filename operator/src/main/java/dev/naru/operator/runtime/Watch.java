package dev.naru.operator.runtime;

import java.util.Collection;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Which namespaces' resources are reconciled. */
public sealed interface Watch {

  /** All of them. */
  record Everywhere() implements Watch {
    @Override
    public String toString() {
      return "all";
    }
  }

  /** Exactly these; the operator has rights nowhere else. */
  record Listed(SortedSet<String> namespaces) implements Watch {

    public Listed(Collection<String> namespaces) {
      this(new TreeSet<>(namespaces));
    }

    @Override
    public String toString() {
      return String.join(",", namespaces);
    }
  }

  /**
   * Those whose labels match, now and later.
   *
   * @param selector as {@code kubectl --selector} takes it
   */
  record Labelled(String selector) implements Watch {

    private static final String KEY = "([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?";
    private static final String VALUE = "([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?";
    private static final String VALUES = "\\(" + VALUE + "(, ?" + VALUE + ")*\\)";
    private static final String REQUIREMENT =
        "(!?%1$s|%1$s ?(=|==|!=) ?%2$s|%1$s (in|notin) %3$s)".formatted(KEY, VALUE, VALUES);
    private static final Pattern SELECTOR =
        Pattern.compile(REQUIREMENT + "(, ?" + REQUIREMENT + ")*");

    public Labelled {
      if (!SELECTOR.matcher(selector).matches()) {
        throw new IllegalArgumentException(
            "\"%s\" is no label selector: write for instance naru.dev/watch=true, or team in (rental,billing)"
                .formatted(selector));
      }
    }

    @Override
    public String toString() {
      return selector;
    }
  }
}
