package dev.naru.bigquery;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.services.storage.Storage;
import com.google.api.services.storage.model.StorageObject;
import dev.naru.runfile.Warehouse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Objects under the warehouse's staging location. Small documents are sent in one request; files
 * are streamed by {@link ResumableUpload} with memory for one piece.
 */
public final class StagingBucket {

  private final Storage storage;
  private final Calls calls;
  private final FailureTexts texts;
  private final Optional<String> localRoot;
  private final String bucket;
  private final String prefix;

  StagingBucket(Storage storage, Calls calls, Warehouse warehouse, FailureTexts texts) {
    this.storage = storage;
    this.calls = calls;
    this.texts = texts;
    this.localRoot = warehouse.localEndpoints().map(Warehouse.LocalEndpoints::storage);
    var path = location(warehouse.stagingBucket());
    var slash = path.indexOf('/');
    this.bucket = slash < 0 ? path : path.substring(0, slash);
    this.prefix = slash < 0 ? "" : path.substring(slash + 1) + "/";
  }

  private static String location(String uri) {
    if (!uri.startsWith("gs://")) {
      throw new ActionNeededFailure(
          WarehouseReason.INVALID_NAME,
          "spec.bigQuery.stagingBucket of the Warehouse is '%s'; it must look like gs://bucket or gs://bucket/folder."
              .formatted(uri));
    }
    return uri.substring("gs://".length()).replaceAll("/+$", "");
  }

  /**
   * A stored object.
   *
   * @param path below the staging location
   * @param uri {@code gs://…}
   * @param crc32c checksum of its bytes
   */
  public record Stored(String path, String uri, long bytes, int crc32c) {}

  /**
   * Writes a small document unless there is one.
   *
   * @return whether this document is now there: written, or the very same bytes found
   */
  public boolean createIfAbsent(String path, byte[] document) {
    try {
      send(path, document, "&ifGenerationMatch=0");
      return true;
    } catch (ApiException e) {
      if (!e.is(ApiError.Kind.PRECONDITION)) {
        throw texts.of("storage.objects.insert " + uri(path), e.error(), e);
      }
      // an answer of ours was lost, or somebody was faster: the bytes tell which
      return read(path).filter(found -> Arrays.equals(found, document)).isPresent();
    }
  }

  /** Writes a small document over whatever is there. */
  public void put(String path, byte[] document) {
    try {
      send(path, document, "");
    } catch (ApiException e) {
      throw texts.of("storage.objects.insert " + uri(path), e.error(), e);
    }
  }

  private void send(String path, byte[] document, String condition) {
    var url = uploadUrl("media", path, condition);
    calls.run(
        "storage.objects.insert " + uri(path),
        () -> {
          var content = new ByteArrayContent("application/octet-stream", document);
          exchange(storage.getRequestFactory().buildPostRequest(url, content)).disconnect();
          return path;
        });
  }

  /** Begins to stream a file; it appears when {@link ResumableUpload#finish} returns. */
  public ResumableUpload upload(String path) {
    return new ResumableUpload(this, calls, texts, path);
  }

  /** A small document; empty when there is none. */
  public Optional<byte[]> read(String path) {
    var what = "storage.objects.get " + uri(path);
    try {
      return Optional.of(
          calls.run(
              what,
              () -> {
                try (var in =
                    storage.objects().get(bucket, prefix + path).executeMediaAsInputStream()) {
                  return in.readAllBytes();
                }
              }));
    } catch (ApiException e) {
      return absent(what, e);
    }
  }

  /** What is stored under a path; empty when nothing. */
  public Optional<Stored> stat(String path) {
    var what = "storage.objects.get " + uri(path);
    try {
      var object = calls.run(what, () -> storage.objects().get(bucket, prefix + path).execute());
      return Optional.of(stored(path, object));
    } catch (ApiException e) {
      return absent(what, e);
    }
  }

  /** Paths that begin with {@code start}, sorted. */
  public List<String> list(String start) {
    var paths = new ArrayList<String>();
    String page = null;
    do {
      var token = page;
      var what = "storage.objects.list " + uri(start);
      try {
        var answer =
            calls.run(
                what,
                () ->
                    storage
                        .objects()
                        .list(bucket)
                        .setPrefix(prefix + start)
                        .setPageToken(token)
                        .execute());
        if (answer.getItems() != null) {
          answer.getItems().forEach(item -> paths.add(item.getName().substring(prefix.length())));
        }
        page = answer.getNextPageToken();
      } catch (ApiException e) {
        throw texts.of(what, e.error(), e);
      }
    } while (page != null && !page.isEmpty());
    paths.sort(String::compareTo);
    return List.copyOf(paths);
  }

  /** Removes an object; one that is gone already is fine. */
  public void delete(String path) {
    var what = "storage.objects.delete " + uri(path);
    try {
      calls.run(what, () -> storage.objects().delete(bucket, prefix + path).execute());
    } catch (ApiException e) {
      absent(what, e);
    }
  }

  /** {@code gs://…} of a path. */
  public String uri(String path) {
    return "gs://" + bucket + "/" + prefix + path;
  }

  GenericUrl uploadUrl(String type, String path, String condition) {
    return new GenericUrl(
        storage.getRootUrl()
            + "upload/storage/v1/b/"
            + bucket
            + "/o?uploadType="
            + type
            + "&name="
            + java.net.URLEncoder.encode(prefix + path, java.nio.charset.StandardCharsets.UTF_8)
            + condition);
  }

  /** A stand-in may name itself by an address that this pod does not know it by. */
  GenericUrl session(String location) {
    var url = new GenericUrl(location);
    return localRoot.map(root -> new GenericUrl(root + url.buildRelativeUrl())).orElse(url);
  }

  Storage storage() {
    return storage;
  }

  static Stored stored(String uri, String path, StorageObject object) {
    var crc =
        Optional.ofNullable(object.getCrc32c())
            .map(text -> ByteBuffer.wrap(Base64.getDecoder().decode(text)).getInt())
            .orElse(0);
    return new Stored(path, uri, object.getSize().longValue(), crc);
  }

  private Stored stored(String path, StorageObject object) {
    return stored(uri(path), path, object);
  }

  /** Sends without following redirects, for 308 means "go on" here. */
  static HttpResponse exchange(HttpRequest request) throws IOException {
    return request.setFollowRedirects(false).execute();
  }

  /** CRC32C of a document, as {@link Stored#crc32c}. */
  public static int crc32c(byte[] document) {
    var crc = new CRC32C();
    crc.update(document);
    return (int) crc.getValue();
  }

  private <T> Optional<T> absent(String what, ApiException e) {
    if (e.is(ApiError.Kind.NOT_FOUND) && !e.error().message().contains("bucket does not exist")) {
      return Optional.empty();
    }
    throw texts.of(what, e.error(), e);
  }
}
