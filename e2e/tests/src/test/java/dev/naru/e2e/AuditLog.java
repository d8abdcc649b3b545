package dev.naru.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The API server's audit log, in which the local node keeps every write.
 *
 * @param file one JSON object per line
 * @param reader the user this test works as, whose own writes do not count
 */
record AuditLog(Path file, String reader) {

  private static final Set<String> OURS = Set.of("naru-system", "rental");

  static AuditLog ofTheNode() {
    var me = Kubectl.json(Company.RENTAL.run("auth", "whoami", "--output", "json"));
    return new AuditLog(
        Places.local().resolve("logs/audit.log"), me.at("/status/userInfo/username").asText());
  }

  /** Where the log ends now. */
  long end() {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything since a position. */
  String text(long since) {
    try (var log = new RandomAccessFile(file.toFile(), "r")) {
      log.seek(since);
      var bytes = new byte[(int) (log.length() - since)];
      log.readFully(bytes);
      var text = new String(bytes, StandardCharsets.UTF_8);
      // the last line may still be in the making
      return text.substring(0, text.lastIndexOf('\n') + 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Writes since a position, in our namespaces, of anybody but this test; leases aside. */
  List<String> foreignWrites(long since) {
    return text(since).lines().map(Kubectl::json).filter(this::counts).map(AuditLog::told).toList();
  }

  private boolean counts(JsonNode entry) {
    var object = entry.path("objectRef");
    return OURS.contains(object.path("namespace").asText())
        && !object.path("resource").asText().equals("leases")
        && !entry.at("/user/username").asText().equals(reader);
  }

  private static String told(JsonNode entry) {
    var object = entry.path("objectRef");
    return "%s %s/%s %s by %s"
        .formatted(
            entry.path("verb").asText(),
            object.path("resource").asText(),
            object.path("name").asText(),
            object.path("subresource").asText(),
            entry.at("/user/username").asText());
  }
}
