package dev.naru.operator.ingestion;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.IngestionJob;
import dev.naru.operator.it.Samples;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.template.Templates;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class IngestionResolverTest {

  @Test
  void aMissingWarehouseIsNamed() {
    assertThat(outcome(job("x", "x"), Optional.of(Samples.connection()), false))
        .isInstanceOfSatisfying(
            Outcome.Wait.class,
            it -> {
              assertThat(it.patient()).isFalse();
              assertThat(it.message())
                  .isEqualTo(
                      "spec.destination.warehouseRef: Warehouse main does not exist in namespace"
                          + " rental: create it or correct the name");
            });
  }

  @Test
  void anUnknownEnumValueIsNeverTakenForADefault() {
    assertFails(job("Incremental", "Backwards"), "spec.load.mode", "Full or Incremental");
    assertFails(job("granularity: Day", "granularity: Decade"), "granularity", "Hour, Day, Month");
    assertFails(job("type: Table", "type: Stream"), "spec.source.type", "Table");
  }

  @Test
  void aScheduleThatSlippedThroughIsRefusedByField() {
    assertFails(job("0 4 1 1 *", "0 4 99 1 *"), "spec.schedule.cron", "write five fields");
    assertFails(job("Asia/Seoul", "Mars/Base"), "spec.schedule.timeZone", "IANA name");
  }

  @Test
  void incrementalFromMySqlSaysWhatToWrite() {
    assertFails(
        outcome(job("x", "x"), Optional.of(mysql("")), true), "spec.load.mode", "write mode: Full");
  }

  @Test
  void aSchemaThatIsNotAllowedIsNamedWithThoseThatAre() {
    var connection =
        connection(
            """
            apiVersion: naru.dev/v1alpha1
            kind: Connection
            metadata: {name: rental-db}
            spec:
              type: PostgreSQL
              postgresql: {host: h, database: d, authSecretRef: {name: s}}
              allow: {schemas: [billing, audit]}
            """);
    assertFails(
        outcome(job("x", "x"), Optional.of(connection), true),
        "spec.source.table.schema: 'rental'",
        "allows billing, audit");
  }

  @Test
  void theOpsDatasetIsNoDestination() {
    assertFails(
        job("raw_rental", "naru_ops"),
        "spec.destination.dataset: 'naru_ops'",
        "spec.bigQuery.opsDataset of Warehouse main",
        "choose another dataset");
  }

  @Test
  void aConnectionOfAnUnknownTypeIsRefused() {
    assertFails(
        outcome(
            job("x", "x"),
            Optional.of(
                connection(
                    """
                    apiVersion: naru.dev/v1alpha1
                    kind: Connection
                    metadata: {name: rental-db}
                    spec: {type: Graph}
                    """)),
            true),
        "spec.source.connectionRef",
        "does not know");
  }

  private static void assertFails(IngestionJob job, String... texts) {
    assertFails(outcome(job, Optional.of(Samples.connection()), true), texts);
  }

  private static void assertFails(Outcome outcome, String... texts) {
    assertThat(outcome).isInstanceOf(Outcome.Fail.class);
    assertThat(outcome.message()).contains(texts);
  }

  private static Outcome outcome(
      IngestionJob job, Optional<Connection> connection, boolean warehouse) {
    var resolution =
        IngestionResolver.resolve(
            job,
            connection,
            Optional.of(Samples.warehouse()).filter(_ -> warehouse),
            new Templates(Optional.empty(), List.of()));
    return ((Resolution.Unresolved) resolution).outcome();
  }

  private static IngestionJob job(String from, String to) {
    var yaml = Lenient.serialization().asYaml(Samples.ingestionJob()).replace("\"", "");
    return IngestionManifestsTest.identified(
        Lenient.serialization().unmarshal(yaml.replace(from, to), IngestionJob.class));
  }

  private static Connection mysql(String more) {
    return connection(
        """
        apiVersion: naru.dev/v1alpha1
        kind: Connection
        metadata: {name: rental-db}
        spec:
          type: MySQL
          mysql: {host: h, database: d, authSecretRef: {name: s}}
        """
            + more);
  }

  private static Connection connection(String yaml) {
    return Lenient.serialization().unmarshal(yaml, Connection.class);
  }
}
