package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.bigquery.fake.Call;
import dev.naru.bigquery.fake.FakeBigQuery;
import dev.naru.bigquery.fake.Fault;
import dev.naru.runfile.RunFile.Granularity;
import dev.naru.runfile.RunFile.NewColumns;
import dev.naru.runfile.RunFile.Partitioning;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TargetTest {

  private static final TableId CARS = new TableId("naru-local", "raw", "cars");
  private static final Owner OWNER = Owner.ingestionJob("rental", "cars");
  private static final Column ID = Column.required("id", ColumnType.INT64);
  private static final Column AT = Column.nullable("at", ColumnType.DATE);
  private static final Layout BY_DAY =
      new Layout(
          Optional.of(new Partitioning("at", Granularity.DAY, Optional.of(400))), List.of("id"));

  private final FakeBigQuery fake = FakeBigQuery.start(FakeWarehouse.LATENESS);
  private final WarehouseSession session = FakeWarehouse.open(fake, FakeWarehouse.of(fake));

  @AfterEach
  void close() {
    session.close();
    fake.close();
  }

  @Test
  void aNewTargetHasLayoutAndLabels() {
    var prepared = target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));

    assertThat(prepared.columns()).containsExactly(ID, AT);
    assertThat(fake.table(CARS.toString()))
        .contains(
            "\"timePartitioning\":{\"expirationMs\":\"34560000000\",\"field\":\"at\",\"type\":\"DAY\"}")
        .contains("\"clustering\":{\"fields\":[\"id\"]}")
        .contains("\"naru_ns\":\"rental\"")
        .contains("\"naru_name\":\"cars\"")
        .contains("\"team\":\"rental\"");
  }

  @Test
  void aSecondLookWritesNothing() {
    target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));
    fake.clearJournal();

    target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));

    assertThat(fake.journal()).noneMatch(Call::mutates);
  }

  @Test
  void aTableOfAnotherResourceIsNamed() {
    target(Owner.ingestionJob("billing", "payments"), BY_DAY).prepare("run", List.of(ID, AT));

    assertThatThrownBy(() -> target(OWNER, BY_DAY).check(List.of(ID, AT)))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("belongs to IngestionJob billing/payments");
  }

  @Test
  void columnsAreAddedUnderTheEtagThatWasSeen() {
    target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));
    fake.clearJournal();

    target(OWNER, BY_DAY)
        .prepare("run", List.of(ID, AT, Column.nullable("name", ColumnType.STRING)));

    assertThat(fake.journal())
        .filteredOn(Call::mutates)
        .singleElement()
        .satisfies(call -> assertThat(call.headers()).containsEntry("if-match", "\"1\""));
    assertThat(fake.table(CARS.toString())).contains("\"name\":\"name\"");
  }

  @Test
  void aPatchThatTookEffectWithoutAnAnswerIsNotRepeated() {
    target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));
    fake.fail(call -> call.method().equals("PATCH"), 0, Fault.AFTER);

    var prepared =
        target(OWNER, BY_DAY)
            .prepare("run", List.of(ID, AT, Column.nullable("name", ColumnType.STRING)));

    assertThat(prepared.columns()).hasSize(3);
  }

  @Test
  void aWiderColumnIsAltered() {
    target(OWNER, BY_DAY).prepare("run", List.of(ID, AT));

    target(OWNER, BY_DAY).prepare("run", List.of(Column.required("id", ColumnType.NUMERIC), AT));

    assertThat(fake.table(CARS.toString())).contains("\"name\":\"id\",\"type\":\"NUMERIC\"");
  }

  @Test
  void aPartitionColumnThatIsNotLoadedIsNamedBeforeAnythingIsRead() {
    assertThatThrownBy(() -> target(OWNER, BY_DAY).check(List.of(ID)))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("spec.destination.partitionBy.column is 'at'");
    assertThat(fake.journal()).noneMatch(Call::mutates);
  }

  private Target target(Owner owner, Layout layout) {
    return new Target(
        CARS,
        owner,
        false,
        layout,
        NewColumns.ADD,
        session.tables(),
        session.query(),
        session.jobs());
  }
}
