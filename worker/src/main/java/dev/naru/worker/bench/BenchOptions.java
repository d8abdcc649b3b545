package dev.naru.worker.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What to measure.
 *
 * @param url {@code postgresql://user:password@host:port/database} or {@code mariadb://…}
 * @param out folder of the files; empty means that they go nowhere
 * @param runs how often, in one process
 */
public record BenchOptions(
    String url,
    String schema,
    String table,
    Optional<String> filter,
    int parallelism,
    Optional<Path> out,
    int runs) {

  /** How to call it. */
  public static final String USAGE =
      "bench --url URL --table SCHEMA.TABLE [--filter SQL] [--parallelism N] [--out DIR] [--runs N]";

  /**
   * Reads command line options.
   *
   * @throws IllegalArgumentException with what is wrong and the usage
   */
  public static BenchOptions parse(List<String> arguments) {
    var url = Optional.<String>empty();
    var table = Optional.<String>empty();
    var filter = Optional.<String>empty();
    var out = Optional.<Path>empty();
    var parallelism = 1;
    var runs = 1;
    for (var i = 0; i < arguments.size(); i += 2) {
      if (i + 1 == arguments.size()) {
        throw wrong("%s needs a value".formatted(arguments.get(i)));
      }
      var value = arguments.get(i + 1);
      switch (arguments.get(i)) {
        case "--url" -> url = Optional.of(value);
        case "--table" -> table = Optional.of(value);
        case "--filter" -> filter = Optional.of(value);
        case "--parallelism" -> parallelism = Integer.parseInt(value);
        case "--out" -> out = Optional.of(Path.of(value));
        case "--runs" -> runs = Integer.parseInt(value);
        default -> throw wrong("unknown option " + arguments.get(i));
      }
    }
    var name = table.orElseThrow(() -> wrong("--table is missing")).split("\\.", 2);
    if (name.length < 2) {
      throw wrong("--table needs SCHEMA.TABLE");
    }
    return new BenchOptions(
        url.orElseThrow(() -> wrong("--url is missing")),
        name[0],
        name[1],
        filter,
        parallelism,
        out,
        runs);
  }

  private static IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(what + "\nusage: worker " + USAGE);
  }
}
