package dev.naru.bigquery.fake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Everything the fake holds. Guarded by its monitor: requests and jobs run one at a time. */
final class Store {

  static final ObjectMapper JSON = new ObjectMapper();

  final Map<String, ObjectNode> datasets = new TreeMap<>();
  Map<String, FakeTable> tables = new TreeMap<>();
  final Map<String, ObjectNode> jobs = new LinkedHashMap<>();
  final Map<String, List<List<Object>>> results = new TreeMap<>();
  final Map<String, byte[]> objects = new TreeMap<>();
  final Map<String, Upload> uploads = new TreeMap<>();
  private Instant last = Instant.EPOCH;

  /** A resumable upload that is under way. */
  static final class Upload {
    final String object;
    final boolean ifAbsent;
    byte[] bytes = new byte[0];
    boolean done;

    Upload(String object, boolean ifAbsent) {
      this.object = object;
      this.ifAbsent = ifAbsent;
    }
  }

  /** The server's clock; never shows one moment twice. */
  Instant now() {
    var now = Clock.systemUTC().instant().truncatedTo(ChronoUnit.MICROS);
    last = now.isAfter(last) ? now : last.plus(1, ChronoUnit.MICROS);
    return last;
  }

  Optional<FakeTable> find(String id) {
    var table = tables.get(id);
    if (table != null
        && table.resource.hasNonNull("expirationTime")
        && table.resource.get("expirationTime").asLong() <= Instant.now().toEpochMilli()) {
      tables.remove(id);
      return Optional.empty();
    }
    return Optional.ofNullable(table);
  }

  FakeTable table(String id) {
    return find(id)
        .orElseThrow(
            () ->
                ApiFailure.notFound(
                    "Table " + id.replaceFirst("\\.", ":") + " was not found in location US"));
  }

  /** Runs one transaction: all of it or nothing. */
  void atomically(Runnable work) {
    var before = new TreeMap<String, FakeTable>();
    tables.forEach((id, table) -> before.put(id, table.copy()));
    try {
      work.run();
    } catch (RuntimeException e) {
      tables = before;
      throw e;
    }
  }
}
