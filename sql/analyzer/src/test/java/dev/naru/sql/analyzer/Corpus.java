package dev.naru.sql.analyzer;

import dev.naru.sql.Column;
import dev.naru.sql.Statement;
import dev.naru.sql.TableName;
import dev.naru.sql.TableSchema;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The statements of {@code corpus.sql}, and the tables they read. */
final class Corpus {

  private static final Path FILE = Path.of("src/test/resources/corpus.sql");
  private static final Pattern HEAD = Pattern.compile("-- (known|beyond): ([^\n]+)\n");

  static final List<TableSchema> TABLES =
      List.of(
          table(
              "reservations",
              false,
              "id INT64",
              "car_id INT64",
              "status STRING",
              "memo STRING",
              "fee NUMERIC",
              "tax NUMERIC",
              "created_at TIMESTAMP",
              "items ARRAY<STRUCT<sku STRING, amount NUMERIC>>"),
          table("cars", false, "id INT64", "zone_id INT64", "model STRING"),
          table(
              "zones",
              false,
              "zone_id INT64",
              "name STRING",
              "place STRUCT<city STRING, point STRUCT<lat FLOAT64, lon FLOAT64>>"),
          table("events_*", false, "name STRING", "at TIMESTAMP"),
          table("clicks", true, "name STRING", "payload JSON"));

  /** What the analyzer is to say. */
  enum Expected {
    KNOWN,
    BEYOND
  }

  /** One statement. */
  record Entry(Expected expected, String title, String sql) {

    @Override
    public String toString() {
      return title;
    }
  }

  private Corpus() {}

  static List<Entry> read() {
    try {
      return Arrays.stream(Files.readString(FILE).split("\n\n"))
          .map(
              block -> {
                var head = HEAD.matcher(block);
                return head.lookingAt()
                    ? Optional.of(
                        new Entry(
                            Expected.valueOf(head.group(1).toUpperCase(Locale.ROOT)),
                            head.group(2),
                            block.substring(head.end()).strip()))
                    : Optional.<Entry>empty();
              })
          .flatMap(Optional::stream)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Statement statement(String sql) {
    return new Statement(
        sql,
        "socar-data",
        Optional.of("raw_rental"),
        Map.of("interval_start", "TIMESTAMP", "interval_end", "TIMESTAMP", "vat", "STRING"));
  }

  private static TableSchema table(String name, boolean byIngestion, String... columns) {
    return new TableSchema(
        new TableName("socar-data", "raw_rental", name),
        Arrays.stream(columns)
            .map(it -> it.split(" ", 2))
            .map(it -> new Column(it[0], it[1]))
            .toList(),
        byIngestion);
  }
}
