package dev.naru.operator.mart;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.api.Test;

final class NameCacheTest {

  @Test
  void aTextIsReadOnceAndItsNamesStandOnceEach() {
    var cache = new NameCache();
    var sql = "SELECT d.x, d.y FROM store.day AS d JOIN `p.raw.cars` USING (x) JOIN store.day e";
    var names = cache.in(sql);
    assertThat(names)
        .containsExactly(
            new SqlNames.Named(Optional.empty(), "store.day"),
            new SqlNames.Named(Optional.of("p"), "raw.cars"));
    assertThat(cache.in(new String(sql))).isSameAs(names);
  }

  @Test
  void theTextThatWasNotUsedForLongestMakesRoom() {
    var cache = new NameCache(650);
    var first = cache.in("SELECT 1 FROM a.a");
    cache.in("SELECT 1 FROM b.b");
    assertThat(cache.in("SELECT 1 FROM a.a")).isSameAs(first);
    cache.in("SELECT 1 FROM c.c");
    assertThat(cache.texts()).isEqualTo(2);
    assertThat(cache.in("SELECT 1 FROM a.a")).isSameAs(first);
  }
}
