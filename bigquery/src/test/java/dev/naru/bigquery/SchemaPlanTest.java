package dev.naru.bigquery;

import static dev.naru.bigquery.ColumnType.BIGNUMERIC;
import static dev.naru.bigquery.ColumnType.FLOAT64;
import static dev.naru.bigquery.ColumnType.INT64;
import static dev.naru.bigquery.ColumnType.NUMERIC;
import static dev.naru.bigquery.ColumnType.STRING;
import static dev.naru.bigquery.ColumnType.TIMESTAMP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.runfile.RunFile.NewColumns;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SchemaPlanTest {

  private static final TableId TARGET = new TableId("project-1", "raw", "cars");
  private static final Column ID = Column.required("id", INT64);
  private static final Column NAME = Column.nullable("name", STRING);

  @Test
  void aMissingTableIsCreatedAsWanted() {
    assertThat(SchemaPlan.of(TARGET, Optional.empty(), List.of(ID, NAME), NewColumns.FAIL))
        .isEqualTo(new SchemaPlan.Create(List.of(ID, NAME)));
  }

  @Test
  void equalColumnsInAnyOrderAndCaseAreUnchanged() {
    var plan = plan(List.of(NAME, ID), List.of(ID, Column.nullable("NAME", STRING)));

    assertThat(plan).isEqualTo(new SchemaPlan.Unchanged(List.of(ID, NAME), List.of()));
  }

  @Test
  void aNewColumnIsAddedAsNullable() {
    var plan = plan(List.of(ID), List.of(ID, Column.required("fee", NUMERIC)));

    assertThat(plan).isInstanceOf(SchemaPlan.Change.class);
    assertThat(((SchemaPlan.Change) plan).add()).containsExactly(Column.nullable("fee", NUMERIC));
  }

  @Test
  void aNewColumnIsLeftOutAndReportedByThePolicyReport() {
    var plan = SchemaPlan.of(TARGET, existing(ID), List.of(ID, NAME), NewColumns.REPORT);

    assertThat(plan)
        .isEqualTo(
            new SchemaPlan.Unchanged(
                List.of(ID),
                List.of(
                    "column name of the source is not in the target and not loaded (spec.schemaPolicy.newColumns is Report)")));
  }

  @Test
  void aNewColumnIsRefusedByThePolicyFail() {
    var plan = SchemaPlan.of(TARGET, existing(ID), List.of(ID, NAME), NewColumns.FAIL);

    assertThat(((SchemaPlan.Refuse) plan).message())
        .isEqualTo(
            "The source has a new column 'name' (STRING) that project-1.raw.cars lacks, and spec.schemaPolicy.newColumns is Fail. Set it to Add or Report, or exclude the column with spec.source.columns.exclude.");
  }

  @Test
  void aColumnThatIsGoneFromTheSourceStaysNullAndIsRelaxed() {
    var plan = plan(List.of(ID, Column.required("old", STRING)), List.of(ID));

    assertThat(((SchemaPlan.Change) plan).relax()).containsExactly("old");
    assertThat(((SchemaPlan.Change) plan).notes())
        .containsExactly("column old of the target is not in the source and stays NULL");
  }

  @Test
  void aColumnThatMayBeNullNowIsRelaxed() {
    var plan = plan(List.of(ID), List.of(Column.nullable("id", INT64)));

    assertThat(((SchemaPlan.Change) plan).relax()).containsExactly("id");
  }

  @Test
  void aWiderTypeIsAlteredAndKeepsTheTargetsName() {
    var plan =
        plan(List.of(Column.nullable("Fee", INT64)), List.of(Column.nullable("fee", NUMERIC)));

    assertThat(((SchemaPlan.Change) plan).widen()).containsExactly(Column.nullable("Fee", NUMERIC));
    assertThat(((SchemaPlan.Change) plan).columns())
        .containsExactly(Column.nullable("Fee", NUMERIC));
  }

  @Test
  void aWiderTypeWithoutThePolicyAddNamesTheStatement() {
    var plan =
        SchemaPlan.of(
            TARGET,
            existing(Column.nullable("fee", INT64)),
            List.of(Column.nullable("fee", NUMERIC).withDigits(22, 2)),
            NewColumns.REPORT);

    assertThat(((SchemaPlan.Refuse) plan).message())
        .contains(
            "ALTER TABLE `project-1`.`raw`.`cars` ALTER COLUMN `fee` SET DATA TYPE NUMERIC(22, 2)");
  }

  @Test
  void aNarrowerSourceFitsAsItIs() {
    var plan =
        plan(List.of(Column.nullable("fee", NUMERIC)), List.of(Column.nullable("fee", INT64)));

    assertThat(((SchemaPlan.Unchanged) plan).columns())
        .as("typed as the target, so that the publish casts")
        .containsExactly(Column.nullable("fee", NUMERIC));
  }

  @Test
  void anotherTypeIsRefusedWithWhatToDo() {
    var plan =
        plan(List.of(Column.nullable("at", TIMESTAMP)), List.of(Column.nullable("at", STRING)));

    assertThat(((SchemaPlan.Refuse) plan).message())
        .startsWith("Column 'at' of the source is STRING, but the target's TIMESTAMP cannot hold")
        .contains("request a full refresh");
  }

  @Test
  void digitsAreNeverLostInAFloat() {
    var plan = plan(List.of(Column.nullable("n", FLOAT64)), List.of(Column.nullable("n", NUMERIC)));

    assertThat(plan).isInstanceOf(SchemaPlan.Refuse.class);
  }

  @Test
  void namesThatDifferOnlyInCaseAreRefused() {
    var plan = plan(List.of(ID), List.of(ID, Column.nullable("Id", STRING)));

    assertThat(((SchemaPlan.Refuse) plan).message()).contains("'id' and 'Id'");
  }

  @Property
  void afterAChangeTheSameRowsFitWithoutOne(
      @ForAll("tables") List<Column> has, @ForAll("tables") List<Column> wanted) {
    var plan = plan(has, wanted);
    if (plan instanceof SchemaPlan.Change change) {
      var next = new LinkedHashMap<String, Column>();
      has.forEach(c -> next.put(c.name(), c));
      change.widen().forEach(c -> next.put(c.name(), c));
      change
          .relax()
          .forEach(name -> next.computeIfPresent(name, (n, c) -> c.withMode(Column.Mode.NULLABLE)));
      change.add().forEach(c -> next.put(c.name(), c));

      var again = plan(List.copyOf(next.values()), wanted);

      assertThat(again).isInstanceOf(SchemaPlan.Unchanged.class);
    }
  }

  @Property
  void whatHoldsIsReflexiveAndTransitive(
      @ForAll("columns") Column a, @ForAll("columns") Column b, @ForAll("columns") Column c) {
    assertThat(Widening.holds(a, a)).isTrue();
    if (Widening.holds(a, b) && Widening.holds(b, c)) {
      assertThat(Widening.holds(a, c)).isTrue();
    }
  }

  @Provide
  Arbitrary<List<Column>> tables() {
    return columns().list().uniqueElements(Column::name).ofMinSize(1).ofMaxSize(4);
  }

  @Provide
  Arbitrary<Column> columns() {
    var names = Arbitraries.of("a", "b", "c", "d", "e");
    var types = Arbitraries.of(INT64, NUMERIC, BIGNUMERIC, STRING, FLOAT64, TIMESTAMP);
    var modes = Arbitraries.of(Column.Mode.NULLABLE, Column.Mode.REQUIRED, Column.Mode.REPEATED);
    var digits = Arbitraries.integers().between(1, 29).optional();
    return Combinators.combine(names, types, modes, digits)
        .as(
            (name, type, mode, size) -> {
              var column = Column.of(name, type, mode);
              return switch (type) {
                case NUMERIC, BIGNUMERIC ->
                    size.map(n -> column.withDigits(n, Math.min(n, 9) / 2)).orElse(column);
                case STRING -> size.map(column::withLength).orElse(column);
                default -> column;
              };
            });
  }

  private static SchemaPlan plan(List<Column> has, List<Column> wanted) {
    return SchemaPlan.of(TARGET, existing(has.toArray(Column[]::new)), wanted, NewColumns.ADD);
  }

  private static Optional<Map<String, Optional<Column>>> existing(Column... columns) {
    var map = new LinkedHashMap<String, Optional<Column>>();
    for (var column : columns) {
      map.put(column.name(), Optional.of(column));
    }
    return Optional.of(map);
  }
}
