package dev.naru.bigquery.mart;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.api.services.bigquery.model.JobStatistics2;
import com.google.api.services.bigquery.model.TableReference;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.Partitioning;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CostTest {

  private static final long MIB = 1L << 20;
  private static final long GIB = 1L << 30;
  private static final Materialization DAYS =
      new Materialization.Partitions(new Partitioning("day", Granularity.DAY, Optional.empty()));
  private static final Materialization MERGE =
      new Materialization.Merge(List.of("id"), Optional.empty());
  private static final Materialization FULL = new Materialization.Full(Optional.empty());

  private static JobStatistics2 dryRun(long bytes, int tables, String accuracy) {
    return new JobStatistics2()
        .setTotalBytesProcessed(bytes)
        .setReferencedTables(Collections.nCopies(tables, new TableReference()))
        .setTotalBytesProcessedAccuracy(accuracy);
  }

  @Test
  void billedAreWholeMebibytesAndTenOfThemForEachTable() {
    assertThat(Cost.of(dryRun(0, 0, "PRECISE"))).isEqualTo(Cost.NOTHING);
    assertThat(Cost.of(dryRun(1, 2, "PRECISE")).bytes()).isEqualTo(20 * MIB);
    assertThat(Cost.of(dryRun(30 * MIB + 1, 2, "UPPER_BOUND")).bytes()).isEqualTo(31 * MIB);
    assertThat(Cost.of(dryRun(GIB, 1, null)).atLeast()).isFalse();
  }

  /** The dry run of a query over files or sheets tells less than it will read. */
  @Test
  void whatMayCostMoreThanItsEstimateIsGivenAllThatIsLeft() {
    assertThat(Cost.of(dryRun(0, 1, "LOWER_BOUND")).within(7 * GIB)).isEqualTo(7 * GIB);
    assertThat(Cost.of(dryRun(GIB, 1, "PRECISE")).within(7 * GIB)).isLessThan(GIB + GIB / 5);
    assertThat(Cost.of(dryRun(GIB, 1, "PRECISE")).within(GIB)).isEqualTo(GIB);
    assertThat(Cost.of(dryRun(GIB, 1, "PRECISE")).within(Long.MAX_VALUE)).isEqualTo(3 * GIB);
  }

  @Test
  void aPublishReadsItsCandidateAndAMergeItsTargetToo() {
    assertThat(statements(FULL, false)).isEqualTo(20 * MIB + 2 * GIB);
    assertThat(statements(MERGE, false)).isEqualTo(20 * MIB + 3 * GIB + 100 * GIB);
    assertThat(statements(new Materialization.View(), false)).isEqualTo(20 * MIB);
    assertThat(statements(DAYS, false)).isEqualTo(20 * MIB + 3 * GIB + 100 * GIB);
    assertThat(
            PublishCost.statements(DAYS, GIB, 100 * GIB, 0, false, Optional.of(Cost.NOTHING))
                .bytes())
        .as("BigQuery deletes whole partitions without reading them")
        .isEqualTo(20 * MIB + 3 * GIB);
  }

  @Test
  void whatIsBuiltBesideItsTargetTakesItsRowsAlong() {
    assertThat(statements(FULL, true)).isEqualTo(30 * MIB + 2 * GIB);
    assertThat(statements(MERGE, true)).isEqualTo(30 * MIB + 3 * GIB + 200 * GIB);
  }

  private static long statements(Materialization materialization, boolean swaps) {
    return PublishCost.statements(materialization, GIB, 100 * GIB, 0, swaps, Optional.empty())
        .bytes();
  }
}
