package dev.naru.operator.mart;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which table of a mart is built from which others of it. Pure.
 *
 * @param parents by table, in the order of declaration
 */
record MartGraph(Map<String, Set<String>> parents) {

  MartGraph {
    parents = new LinkedHashMap<>(parents);
  }

  /** The tables, parents first; among equals as they are declared. Empty when there is a cycle. */
  Optional<List<String>> order() {
    var order = new LinkedHashSet<String>();
    var grew = true;
    while (grew) {
      grew = false;
      for (var table : parents.entrySet()) {
        if (!order.contains(table.getKey()) && order.containsAll(table.getValue())) {
          grew |= order.add(table.getKey());
        }
      }
    }
    return order.size() == parents.size() ? Optional.of(List.copyOf(order)) : Optional.empty();
  }

  /** A cycle as a path that ends where it began, e.g. {@code a, b, a}; empty when there is none. */
  List<String> cycle() {
    var done = new HashMap<String, Boolean>();
    for (var table : parents.keySet()) {
      var path = new ArrayList<String>();
      var found = visit(table, path, done);
      if (!found.isEmpty()) {
        return found;
      }
    }
    return List.of();
  }

  private List<String> visit(String table, List<String> path, Map<String, Boolean> done) {
    var begin = path.indexOf(table);
    if (begin >= 0) {
      var cycle = new ArrayList<>(path.subList(begin, path.size()));
      cycle.add(table);
      return cycle;
    }
    if (done.containsKey(table)) {
      return List.of();
    }
    path.add(table);
    for (var parent : parents.getOrDefault(table, Set.of())) {
      var found = visit(parent, path, done);
      if (!found.isEmpty()) {
        return found;
      }
    }
    path.removeLast();
    done.put(table, true);
    return List.of();
  }

  /** Everything that some tables are built from, directly or not. */
  Set<String> above(Collection<String> tables) {
    var above = new LinkedHashSet<String>();
    tables.forEach(it -> climb(it, above));
    return above;
  }

  private void climb(String table, Set<String> above) {
    for (var parent : parents.get(table)) {
      if (above.add(parent)) {
        climb(parent, above);
      }
    }
  }

  /** Everything that is built from some tables, directly or not; without these themselves. */
  Set<String> below(Collection<String> tables) {
    var below = new LinkedHashSet<String>();
    var grew = true;
    while (grew) {
      grew = false;
      for (var table : parents.entrySet()) {
        if (!tables.contains(table.getKey())
            && table.getValue().stream()
                .anyMatch(it -> tables.contains(it) || below.contains(it))) {
          grew |= below.add(table.getKey());
        }
      }
    }
    return below;
  }
}
