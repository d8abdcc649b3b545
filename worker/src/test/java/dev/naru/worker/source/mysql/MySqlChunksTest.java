package dev.naru.worker.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.worker.source.Chunk;
import java.math.BigInteger;
import java.util.HashSet;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class MySqlChunksTest {

  private static final Pattern FROM = Pattern.compile(">= (-?\\d+)");
  private static final Pattern TO = Pattern.compile("< (-?\\d+)");

  @Property
  void everyKeyIsInExactlyOneChunk(
      @ForAll long one,
      @ForAll long other,
      @ForAll @IntRange(min = 2, max = 50) int wanted,
      @ForAll long key) {
    var chunks =
        new MySqlChunks("scope")
            .ranges(
                "`id`",
                BigInteger.valueOf(Math.min(one, other)),
                BigInteger.valueOf(Math.max(one, other)),
                wanted);
    var holding = chunks.stream().filter(chunk -> holds(chunk, key)).toList();
    assertThat(holding).hasSize(1);
    assertThat(chunks.size()).isLessThanOrEqualTo(wanted + 1);
    var ids = new HashSet<String>();
    chunks.forEach(chunk -> assertThat(ids.add(chunk.id())).isTrue());
  }

  private static boolean holds(Chunk chunk, long key) {
    var value = BigInteger.valueOf(key);
    var from = FROM.matcher(chunk.predicate());
    var to = TO.matcher(chunk.predicate());
    return (!from.find() || value.compareTo(new BigInteger(from.group(1))) >= 0)
        && (!to.find() || value.compareTo(new BigInteger(to.group(1))) < 0);
  }
}
