package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MartGraphTest {

  private static MartGraph graph(String... edges) {
    var parents = new LinkedHashMap<String, Set<String>>();
    for (var edge : edges) {
      var parts = edge.split("<", -1);
      parents.put(parts[0], parts.length == 1 ? Set.of() : Set.of(parts[1].split(",", -1)));
    }
    return new MartGraph(parents);
  }

  @Test
  void parentsComeFirstAndElseTheOrderOfDeclaration() {
    assertThat(graph("c<b", "x", "b<a", "a").order()).contains(List.of("x", "a", "b", "c"));
  }

  @Test
  void aCycleIsAPathThatEndsWhereItBegan() {
    var graph = graph("x", "a<c", "b<a", "c<b,x");
    assertThat(graph.order()).isEmpty();
    assertThat(graph.cycle()).containsExactly("a", "c", "b", "a");
    assertThat(graph("a").cycle()).isEmpty();
  }

  @Test
  void whatIsBelowHasAllDescendants() {
    assertThat(graph("a", "b<a", "c<b", "x").below(Set.of("a"))).containsExactly("b", "c");
  }
}
