package dev.naru.worker.fetch;

import dev.naru.runfile.FetchEnd;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches a model into a folder, with memory for one buffer. The marker is written last: a folder
 * without it, or with that of another version, is emptied and filled anew.
 */
public final class Fetch {

  /** Tells which version is complete. */
  static final String MARKER = ".complete";

  private static final Logger LOG = LoggerFactory.getLogger(Fetch.class);
  private static final int BUFFER = 1 << 20;

  private final ModelSource source;
  private final String uri;
  private final Checksum checksum;
  private final Path folder;

  Fetch(ModelSource source, String uri, Checksum checksum, Path folder) {
    this.source = source;
    this.uri = uri;
    this.checksum = checksum;
    this.folder = folder;
  }

  /** Whether it was there, or is now. */
  void run() throws FetchFailure, IOException, InterruptedException {
    var marker = folder.resolve(MARKER);
    var version = uri + " " + checksum + "\n";
    if (Files.exists(marker) && Files.readString(marker).equals(version)) {
      LOG.atInfo().addKeyValue("uri", uri).log("the model is there");
      return;
    }
    empty();
    var files = source.files();
    var expected = files.stream().flatMap(it -> it.bytes().stream()).mapToLong(it -> it).sum();
    var room = Files.getFileStore(folder).getUsableSpace();
    if (expected > room) {
      throw tooLarge("%d bytes, and there is room for %d".formatted(expected, room), null);
    }
    var sums = new TreeMap<String, String>();
    for (var file : files) {
      sums.put(file.path(), write(file));
    }
    var sum = checksum.of(sums);
    if (!sum.equals(checksum.hex())) {
      empty();
      throw new FetchFailure(
          FetchEnd.CHECKSUM_MISMATCH,
          "%s adds up to %s:%s, and not to the declared %s"
              .formatted(uri, checksum.algorithm().name().toLowerCase(Locale.ROOT), sum, checksum));
    }
    Files.writeString(marker, version);
    LOG.atInfo().addKeyValue("uri", uri).addKeyValue("files", files.size()).log("fetched");
  }

  private String write(ModelSource.Remote file)
      throws FetchFailure, IOException, InterruptedException {
    var target = target(file.path());
    Files.createDirectories(Optional.ofNullable(target.getParent()).orElse(folder));
    var hasher = checksum.algorithm().hasher();
    try (InputStream in = file.open().stream();
        var out = Files.newOutputStream(target)) {
      var buffer = new byte[BUFFER];
      for (var read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        hasher.putBytes(buffer, 0, read);
        out.write(buffer, 0, read);
      }
    } catch (IOException e) {
      if (String.valueOf(e.getMessage()).contains("No space left on device")) {
        throw tooLarge("the disk is full", e);
      }
      throw e;
    }
    return checksum.algorithm().hex(hasher);
  }

  private FetchFailure tooLarge(String why, IOException cause) {
    return new FetchFailure(
        FetchEnd.TOO_LARGE, "%s does not fit on the node: %s".formatted(uri, why), cause);
  }

  /** The name in the folder; a name cannot lead out of it. */
  private Path target(String path) throws FetchFailure {
    var name = path.isEmpty() ? uri.substring(uri.lastIndexOf('/') + 1) : path;
    var target = folder.resolve(name.replaceFirst("[?#].*$", "")).normalize();
    if (!target.startsWith(folder) || target.equals(folder)) {
      throw new FetchFailure(
          FetchEnd.NOT_FOUND, "%s: the name '%s' is not one of a file".formatted(uri, name));
    }
    return target;
  }

  private void empty() throws IOException {
    if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(folder);
      return;
    }
    try (var all = Files.walk(folder)) {
      for (var path :
          all.filter(it -> !it.equals(folder)).sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
