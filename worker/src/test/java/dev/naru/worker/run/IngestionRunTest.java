package dev.naru.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.Fault;
import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult.Outcome;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IngestionRunTest {

  private final Ground ground = new Ground();

  @AfterEach
  void close() {
    ground.close();
  }

  @Test
  void aFullRunMakesTheTargetEqualToTheSource() {
    var result = ground.run(0);

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(result.rows()).isEqualTo(25);
    assertThat(result.mode()).contains(Mode.FULL);
    assertThat(result.message()).isEqualTo("25 rows, full load");
    assertThat(result.dataThrough()).isPresent();
    ground.assertTargetEqualsSource();
    assertThat(ground.ledger("Published")).hasSize(1);
    assertThat(ground.fake.tables())
        .as("no staging table is left")
        .containsExactly(Ground.LEDGER, Ground.TARGET);
    assertThat(ground.fake.objects())
        .as("only the result is left")
        .singleElement()
        .asString()
        .endsWith("/result.json");
  }

  @Test
  void noCredentialReachesALocalEndpoint() {
    ground.run(0);

    assertThat(ground.fake.journal()).isNotEmpty();
    assertThat(ground.fake.journal())
        .allSatisfy(call -> assertThat(call.headers()).doesNotContainKey("authorization"));
  }

  @Test
  void theSameRunTwiceChangesNothing() {
    ground.run(0);
    ground.table.put(1, "changed");
    ground.fake.clearJournal();

    var again = ground.run(0);

    assertThat(again.outcome()).isEqualTo(Outcome.ALREADY_PUBLISHED);
    assertThat(TerminationMessage.exitCode(again)).isZero();
    assertThat(ground.fake.journal()).noneMatch(Call::mutates);
    assertThat(ground.fake.rows(Ground.TARGET).orElseThrow())
        .noneMatch(row -> "changed".equals(row.get("name")));
  }

  @Test
  void theFirstIncrementalRunIsFullAndTheNextReadsOnlyWhatChanged() {
    ground.mode = Mode.INCREMENTAL;

    var first = ground.run(0);
    ground.table.put(3, "updated");
    ground.table.put(40, "new");
    var second = ground.run(1);

    assertThat(first.mode()).contains(Mode.FULL);
    assertThat(first.modeReason())
        .contains("full load because no earlier run into naru-local.raw.cars was published");
    assertThat(second.mode()).as(second.message()).contains(Mode.INCREMENTAL);
    assertThat(second.rows()).isEqualTo(2);
    ground.assertTargetEqualsSource();
  }

  @Test
  void aChangedFilterReloadsFullyAndSaysSo() {
    ground.mode = Mode.INCREMENTAL;
    ground.run(0);
    ground.filter = Optional.of("id > 0");

    var result = ground.run(1);

    assertThat(result.mode()).contains(Mode.FULL);
    assertThat(result.message())
        .isEqualTo(
            "25 rows, full load because spec.source.filter changed since the last published run");
  }

  @Test
  void aRequestedFullRefreshReloadsFullyAndRemovesDeletedRows() {
    ground.mode = Mode.INCREMENTAL;
    ground.run(0);
    ground.table.rows.remove(7L);
    ground.run(1);
    assertThat(ground.fake.rows(Ground.TARGET).orElseThrow()).hasSize(25);

    var result = ground.run("cars-m-1", "FullRefresh", "token");

    assertThat(result.modeReason()).contains("full load because a full refresh was requested");
    ground.assertTargetEqualsSource();
  }

  @Test
  void aTargetMadeAnewIsLoadedFully() {
    ground.mode = Mode.INCREMENTAL;
    ground.run(0);
    ground.fake.dropTable(Ground.TARGET);
    // this pod dies after it made the table and before it published into it
    ground.fake.fail(call -> call.text().contains("TRUNCATE"), 0, Fault.DEATH_BEFORE);
    Deaths.survive(() -> ground.run(1));
    ground.fake.revive();

    var next = ground.run(2);

    assertThat(next.modeReason().orElseThrow()).contains("was made anew");
    ground.assertTargetEqualsSource();
  }

  @Test
  void rowsLostBetweenSourceAndFilesLeaveTheTargetUntouched() {
    ground.run(0);
    ground.table.put(1, "changed");
    ground.table.lostRows = 1;

    var result = ground.run(1);

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason()).isEqualTo("VerificationFailed");
    assertThat(result.message()).contains("counts 25 rows but 22 were read");
    assertThat(ground.fake.rows(Ground.TARGET).orElseThrow())
        .hasSize(25)
        .noneMatch(row -> "changed".equals(row.get("name")));
    ground.table.lostRows = 0;
    assertThat(ground.run(1).outcome()).isEqualTo(Outcome.PUBLISHED);
    ground.assertTargetEqualsSource();
    assertThat(ground.ledger("Failed")).hasSize(1);
  }

  @Test
  void rowsLostBetweenFilesAndStagingLeaveTheTargetUntouched() {
    ground.run(0);
    ground.table.put(1, "changed");
    ground.fake.beforeLoad(AvroDamage::dropLastRowOfOneFile);

    var result = ground.run(1);

    assertThat(result.reason()).as(result.message()).isEqualTo("VerificationFailed");
    assertThat(result.message()).contains("25 rows were staged but BigQuery loaded 24");
    assertThat(ground.fake.rows(Ground.TARGET).orElseThrow())
        .noneMatch(row -> "changed".equals(row.get("name")));
  }

  @Test
  void aStagingTableChangedBeforeThePublishLeavesTheTargetUntouched() {
    ground.run(0);
    ground.table.put(1, "changed");
    ground.fake.beforeScript(
        () ->
            ground.fake.tables().stream()
                .filter(table -> table.contains(".stg_"))
                .forEach(table -> ground.fake.replaceRows(table, java.util.List.of())));

    var result = ground.run(1);

    assertThat(result.reason()).as(result.message()).isEqualTo("VerificationFailed");
    assertThat(ground.fake.rows(Ground.TARGET).orElseThrow()).hasSize(25);
  }

  @Test
  void anOlderSnapshotNeverOverwritesANewerPublish() {
    ground.run(0);
    var older = ground.table.rows.get(1L);
    ground.table.put(1, "newest");
    // while the run of minute 1 is about to publish, that of minute 2 does so
    ground.fake.beforeScript(
        () -> {
          ground.table.put(2, "newer still");
          assertThat(ground.run(2).outcome()).isEqualTo(Outcome.PUBLISHED);
        });

    var result = ground.run(1);

    assertThat(older).isNotNull();
    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.reason()).isEqualTo("Superseded");
    ground.assertTargetEqualsSource();
    assertThat(ground.run(1).outcome())
        .as("the next attempt reads again")
        .isEqualTo(Outcome.PUBLISHED);
    ground.assertTargetEqualsSource();
  }

  @Test
  void twoPodsOfOneRunPublishOnce() {
    ground.fake.besideScript(
        () -> assertThat(ground.run(0).outcome()).isEqualTo(Outcome.PUBLISHED));

    var slower = ground.run(0);

    assertThat(TerminationMessage.exitCode(slower)).as(slower.message()).isZero();
    assertThat(ground.ledger("Published")).hasSize(1);
    ground.assertTargetEqualsSource();
  }

  @Test
  void anUnreachableBigQueryIsTriedAgainAndNotByAPerson() {
    ground.fake.close();

    var result = ground.run("cars-29000000", "", "", Duration.ofMillis(100));

    assertThat(TerminationMessage.exitCode(result)).isEqualTo(1);
    assertThat(result.reason()).isEqualTo("WarehouseUnreachable");
    assertThat(result.message())
        .contains("No usable answer to bigquery.tables.get naru-local.ops.runs_raw after")
        .contains("ConnectException");
  }

  @Test
  void aTableOfSomebodyElseIsRefusedUnlessAdopted() {
    ground.fake.createForeignTable(Ground.TARGET);

    var refused = ground.run(0);
    ground.adopt = true;
    var adopted = ground.run(1);

    assertThat(TerminationMessage.exitCode(refused)).isEqualTo(10);
    assertThat(refused.reason()).isEqualTo("TargetNotOwned");
    assertThat(refused.message()).contains("spec.destination.adopt: true");
    assertThat(ground.ledger("ActionNeeded")).hasSize(1);
    assertThat(adopted.outcome()).as(adopted.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(ground.fake.table(Ground.TARGET)).contains("\"naru_name\":\"cars\"");
    ground.assertTargetEqualsSource();
  }

  @Test
  void aRestartReadsOnlyWhatIsMissing() {
    ground.fake.fail(call -> call.toString().contains("k2.receipt"), 0, Fault.DEATH_BEFORE);
    Deaths.survive(() -> ground.run(0));
    ground.fake.revive();
    assertThat(ground.table.chunksRead).isEqualTo(3);

    var result = ground.run(0);

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(ground.table.chunksRead).as("one chunk is read again").isEqualTo(4);
    ground.assertTargetEqualsSource();
  }

  @Test
  void aTransactionConflictIsTriedAgainUnderANewId() {
    ground.fake.failJob(
        sql -> sql.contains("TRUNCATE"),
        "invalidQuery",
        "Transaction is aborted due to concurrent update against table naru-local:raw.cars.");

    var result = ground.run(0);

    assertThat(result.outcome()).as(result.message()).isEqualTo(Outcome.PUBLISHED);
    assertThat(ground.fake.jobs()).filteredOn(id -> id.endsWith("_a1")).hasSize(1);
  }

  @Test
  void theTerminationMessageFitsWhateverTheErrorSays() {
    ground.fake.failJob(sql -> sql.equals("load"), "invalid", "é\"\n".repeat(5000));

    var result = ground.run(0);
    var message = TerminationMessage.of(result);

    assertThat(result.reason()).isEqualTo("InvalidRows");
    assertThat(message.getBytes(java.nio.charset.StandardCharsets.UTF_8))
        .hasSizeLessThanOrEqualTo(3072);
    assertThat(dev.naru.runfile.Documents.read(message, dev.naru.runfile.RunResult.class).runKey())
        .isEqualTo(result.runKey());
  }
}
