package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.api.services.bigquery.model.Job;
import com.google.api.services.bigquery.model.JobConfiguration;
import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobRunnerTest {

  private static final JobStep STEP = new JobStep("run", "publish");
  private static final TableId TABLE = new TableId("naru-local", "raw", "cars");

  private final FakeBigQuery fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
  private final WarehouseSession session = FakeWarehouse.open(fake, FakeWarehouse.of(fake));

  @BeforeEach
  void table() {
    fake.createForeignTable(TABLE.toString());
    fake.replaceRows(TABLE.toString(), List.of(java.util.Map.of("id", 1L)));
  }

  @AfterEach
  void close() {
    session.close();
    fake.close();
  }

  @Test
  void anIdNamesTheStepAndTheAttempt() {
    assertThat(STEP.jobId(0)).matches("naru_[0-9a-f]{24}_a0");
    assertThat(STEP.jobId(1)).isEqualTo(STEP.jobId(0).replace("_a0", "_a1"));
    assertThat(new JobStep("run", "load").jobId(0)).isNotEqualTo(STEP.jobId(0));
    assertThat(new JobStep("other", "publish").jobId(0)).isNotEqualTo(STEP.jobId(0));
  }

  @Test
  void aDoneJobIsAdoptedAndNotRunAgain() {
    session.jobs().run(STEP, truncate());
    fake.clearJournal();

    session.jobs().run(STEP, truncate());

    assertThat(fake.journal()).singleElement().asString().startsWith("GET ");
    assertThat(fake.jobs()).containsExactly(STEP.jobId(0));
  }

  @Test
  void aJobThatDoesSomethingElseIsNotAdopted() {
    session.jobs().run(STEP, truncate());
    var other = session.query().statement("TRUNCATE TABLE `naru-local`.`raw`.`cars`;\n");

    assertThatThrownBy(() -> session.jobs().run(STEP, other))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining(STEP.jobId(0))
        .hasMessageContaining("does something else");
  }

  @Test
  void aRaisedBytesCapIsStillTheSameJob() {
    session.jobs().run(STEP, truncate());
    var raised = truncate();
    raised.getQuery().setMaximumBytesBilled(1L << 50);

    assertThat(session.jobs().run(STEP, raised).getStatus().getErrorResult()).isNull();
  }

  @Test
  void anAttemptThatFailedByNoFaultOfItsOwnIsFollowedByANewId() {
    fake.failJob(sql -> true, "jobBackendError", "The job encountered an error during execution.");

    session.jobs().run(STEP, truncate());

    assertThat(fake.jobs()).containsExactly(STEP.jobId(0), STEP.jobId(1));
  }

  @Test
  void aRefusedStatementIsNotTriedAgain() {
    fake.failJob(sql -> true, "invalidQuery", "Unrecognized name: x at [1:8]");

    assertThatThrownBy(() -> session.jobs().run(STEP, truncate()))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("Unrecognized name: x at [1:8]");
    assertThat(fake.jobs()).containsExactly(STEP.jobId(0));
  }

  @Test
  void whatAnEarlierPodDiedOfIsTriedAgain() {
    fake.failJob(sql -> true, "accessDenied", "Access Denied: Table naru-local:raw.cars");
    assertThatThrownBy(() -> session.jobs().run(STEP, truncate()))
        .isInstanceOf(ActionNeededFailure.class);

    session.jobs().run(STEP, truncate());

    assertThat(fake.jobs()).containsExactly(STEP.jobId(0), STEP.jobId(1));
  }

  /** The error of the job, not of our request: it is not asked for again and again. */
  @ParameterizedTest
  @ValueSource(strings = {"rateLimitExceeded", "quotaExceeded", "backendError", "invalidQuery"})
  void theErrorOfAJobIsReadFromTheJob(String reason) {
    fake.failJob(sql -> true, reason, "as BigQuery says");

    try {
      session.jobs().run(STEP, truncate());
    } catch (Failure e) {
      assertThat(e).hasMessageContaining("as BigQuery says");
    }

    var job = fake.journal().stream().filter(call -> call.path().endsWith(STEP.jobId(0))).toList();
    assertThat(job).as("before it, its result, and it").hasSize(3);
  }

  /** A look costs one request, and there are fewer the longer the job takes. */
  @Test
  void aJobThatGoesOnIsAskedForItsResultOnly() {
    fake.holdJob(_ -> true);
    var looks = new AtomicInteger();
    assertThatThrownBy(
            () ->
                session.jobs().run(STEP, truncate(), cancelled(() -> looks.incrementAndGet() > 4)))
        .isInstanceOf(JobCancelled.class);

    assertThat(fake.journal().stream().filter(JobRunnerTest::isLook))
        .as("three while it goes on, one after it was cancelled")
        .hasSize(4);
    assertThat(fake.journal().stream().filter(call -> call.path().endsWith("/cancel"))).hasSize(1);
  }

  private static JobWatch cancelled(BooleanSupplier when) {
    return new JobWatch() {
      @Override
      public boolean cancelled() {
        return when.getAsBoolean();
      }

      @Override
      public void lost(Job job) {}
    };
  }

  private static boolean isLook(Call call) {
    return call.path().contains("/queries/")
        && Long.parseLong(call.query().get("timeoutMs")) >= 0
        && call.query().get("maxResults").equals("0");
  }

  @ParameterizedTest
  @EnumSource(names = {"BEFORE", "AFTER", "LATE", "TWICE"})
  void aFaultyInsertRunsTheJobOnce(Fault fault) {
    fake.fail(JobRunnerTest::isInsert, 0, fault);

    session.jobs().run(STEP, truncate());
    fake.awaitQuiet();

    assertThat(fake.jobs()).containsExactly(STEP.jobId(0));
    assertThat(fake.rows(TABLE.toString()).orElseThrow()).isEmpty();
  }

  @Test
  void everyJobCarriesLabelsAndQueriesTheirCap() {
    session.jobs().run(STEP, truncate());

    assertThat(
            fake.journal().stream()
                .filter(JobRunnerTest::isInsert)
                .findFirst()
                .orElseThrow()
                .text())
        .contains("\"naru_run\":\"test\"")
        .contains("\"team\":\"rental\"")
        .contains("\"naru_config\":")
        .contains("\"maximumBytesBilled\":\"1073741824\"");
  }

  private static boolean isInsert(Call call) {
    return call.method().equals("POST") && call.path().endsWith("/jobs");
  }

  private JobConfiguration truncate() {
    return session.query().statement("TRUNCATE TABLE `naru-local`.`raw`.`cars`;");
  }
}
