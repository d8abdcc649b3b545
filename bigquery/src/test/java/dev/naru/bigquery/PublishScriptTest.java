package dev.naru.bigquery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.naru.runfile.RunFile.Mode;
import dev.naru.runfile.RunResult.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The exact statements, as files: the diff is the review. */
class PublishScriptTest {

  private static final List<Column> STAGED =
      List.of(
          Column.required("id", ColumnType.INT64),
          Column.nullable("zone", ColumnType.STRING),
          Column.nullable("fee", ColumnType.INT64),
          Column.nullable("updated_at", ColumnType.TIMESTAMP),
          Column.nullable("not_in_target", ColumnType.STRING));

  private static final List<Column> TARGET =
      List.of(
          Column.required("Id", ColumnType.INT64),
          Column.nullable("zone", ColumnType.STRING),
          Column.nullable("fee", ColumnType.NUMERIC),
          Column.nullable("updated_at", ColumnType.TIMESTAMP));

  @Test
  void fullReplacesEverything() throws IOException {
    assertThat(script(Mode.FULL, List.of("id"), Optional.of("base")).sql())
        .isEqualTo(golden("full.sql"));
  }

  @Test
  void incrementalReplacesRowsOfTheSameKey() throws IOException {
    assertThat(script(Mode.INCREMENTAL, List.of("id"), Optional.of("base")).sql())
        .isEqualTo(golden("incremental.sql"));
  }

  @Test
  void incrementalWithACompositeKeyThatMayBeNull() throws IOException {
    assertThat(script(Mode.INCREMENTAL, List.of("id", "zone", "fee"), Optional.empty()).sql())
        .isEqualTo(golden("incremental-composite.sql"));
  }

  @Test
  void incrementalWithoutAKeyIsAMistake() {
    assertThatThrownBy(() -> script(Mode.INCREMENTAL, List.of(), Optional.empty()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aGuardIsFoundAgainInTheErrorOfTheJob() {
    var errors =
        script(Mode.FULL, List.of(), Optional.empty())
            .sql()
            .lines()
            .filter(line -> line.contains("ERROR("))
            .map(line -> PublishScript.Guard.in("Query error: " + line).orElseThrow());

    assertThat(errors).containsExactly(PublishScript.Guard.values());
  }

  @Property
  void aTextNeverEndsItsLiteral(@ForAll String text) {
    var literal = Sql.string(text);
    var inner = literal.substring(1, literal.length() - 1);
    // every quote, backslash and line end inside is escaped
    assertThat(inner.replaceAll("\\\\[\\\\'nr0]", "")).doesNotContain("'", "\\", "\n", "\r", "\0");
  }

  @Test
  void aNameThatCouldEndItsQuotesIsRefused() {
    assertThatThrownBy(() -> new TableId("project-1", "d", "t`; DROP TABLE x; --"))
        .isInstanceOf(ActionNeededFailure.class)
        .hasMessageContaining("cannot be used in BigQuery");
    assertThatThrownBy(() -> Sql.column("a` b")).isInstanceOf(ActionNeededFailure.class);
  }

  private static PublishScript script(Mode mode, List<String> key, Optional<String> base) {
    return new PublishScript(
        new TableId("project-1", "raw", "cars"),
        new TableId("project-1", "ops", "stg_1"),
        new TableId("project-1", "ops", "runs_raw"),
        STAGED,
        TARGET,
        mode,
        key,
        mode == Mode.INCREMENTAL ? Optional.of("updated_at") : Optional.empty(),
        base,
        25,
        row(mode));
  }

  static LedgerRow row(Mode mode) {
    return new LedgerRow(
        "key",
        "s-29000000",
        "project-1.raw.cars",
        "rental/cars",
        Outcome.PUBLISHED,
        "Published",
        "25 rows, the car's \"first\" load",
        "spec.source.filter=0a1b2c3d",
        Optional.of(mode),
        Optional.empty(),
        25,
        1024,
        Optional.of("2026-01-01T00:00:00Z"),
        Optional.of(Instant.parse("2026-01-01T00:00:00.123456789Z")),
        Optional.of(Instant.parse("2025-12-31T00:00:00Z")),
        Instant.parse("2026-01-01T00:00:01Z"),
        "cars-29000000-x",
        Optional.empty());
  }

  private static String golden(String name) throws IOException {
    try (var in = PublishScriptTest.class.getResourceAsStream("/publish/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
