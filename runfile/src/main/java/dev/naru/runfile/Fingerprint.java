package dev.naru.runfile;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Identifies what decides the content of a target: a run whose fingerprint differs from that of the
 * last published one must load fully. Its text form is {@code part=hash8;part=hash8}, so that the
 * part that changed can be named.
 */
public record Fingerprint(Map<String, String> parts) {

  public Fingerprint {
    parts = java.util.Collections.unmodifiableMap(new TreeMap<>(parts));
  }

  /** The fingerprint of a run file; operator and worker compute the same. */
  public static Fingerprint of(RunFile run) {
    var table = run.table();
    var parts = new TreeMap<String, String>();
    parts.put(
        "spec.source.table",
        hash(run.source().engine(), run.source().database(), table.schema(), table.name()));
    parts.put("spec.source.columns", hash(table.includeColumns(), table.excludeColumns()));
    parts.put("spec.source.filter", hash(table.filter().orElse("")));
    parts.put("spec.primaryKey", hash(run.primaryKey()));
    parts.put(
        "spec.load.incremental.cursor.column",
        hash(run.load().cursor().map(RunFile.Cursor::column).orElse("")));
    return new Fingerprint(parts);
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static Fingerprint parse(String text) {
    var parts = new TreeMap<String, String>();
    for (var part : text.split(";", -1)) {
      var at = part.indexOf('=');
      if (at < 1) {
        throw new IllegalArgumentException("not a fingerprint: " + text);
      }
      parts.put(part.substring(0, at), part.substring(at + 1));
    }
    return new Fingerprint(parts);
  }

  /** Field paths whose value differs from {@code before}, sorted. */
  public List<String> changedSince(Fingerprint before) {
    var changed = new ArrayList<String>();
    var names = new java.util.TreeSet<>(parts.keySet());
    names.addAll(before.parts.keySet());
    for (var name : names) {
      if (!parts.getOrDefault(name, "").equals(before.parts.getOrDefault(name, ""))) {
        changed.add(name);
      }
    }
    return List.copyOf(changed);
  }

  @Override
  public String toString() {
    return parts.entrySet().stream()
        .map(part -> part.getKey() + "=" + part.getValue())
        .collect(Collectors.joining(";"));
  }

  private static String hash(Object... values) {
    return Hashes.sha256Hex(Documents.write(values)).substring(0, 8);
  }
}
