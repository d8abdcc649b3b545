package dev.naru.bigquery;

import com.google.api.client.http.ByteArrayContent;
import com.google.api.client.http.EmptyContent;
import com.google.api.client.http.GenericUrl;
import com.google.api.client.http.HttpContent;
import com.google.api.client.http.HttpRequest;
import com.google.api.client.http.HttpResponse;
import com.google.api.client.http.HttpResponseException;
import com.google.api.client.json.gson.GsonFactory;
import com.google.api.services.storage.model.StorageObject;
import dev.naru.bigquery.StagingBucket.Stored;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Streams one file to Cloud Storage in pieces of 8 MiB. After a lost answer the server is asked how
 * far it got, so a piece is neither lost nor written twice. Until {@link #finish} nothing is
 * visible and closing drops what was sent.
 */
public final class ResumableUpload extends OutputStream {

  /** A multiple of 256 KiB, as the protocol wants. */
  static final int PIECE = 8 << 20;

  private static final int RESUME_INCOMPLETE = 308;

  private final StagingBucket bucket;
  private final Calls calls;
  private final FailureTexts texts;
  private final String path;
  private final CRC32C crc = new CRC32C();
  private byte[] buffer = new byte[64 << 10];
  private int filled;
  private long sent;
  private Optional<GenericUrl> session = Optional.empty();

  ResumableUpload(StagingBucket bucket, Calls calls, FailureTexts texts, String path) {
    this.bucket = bucket;
    this.calls = calls;
    this.texts = texts;
    this.path = path;
  }

  @Override
  public void write(int oneByte) {
    write(new byte[] {(byte) oneByte}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) {
    crc.update(bytes, offset, length);
    var from = offset;
    var left = length;
    while (left > 0) {
      if (filled == PIECE) {
        send(false);
      }
      grow(filled + left);
      var now = Math.min(left, buffer.length - filled);
      System.arraycopy(bytes, from, buffer, filled, now);
      filled += now;
      from += now;
      left -= now;
    }
  }

  /** Small files never cost a whole piece of memory. */
  private void grow(int wanted) {
    if (wanted > buffer.length && buffer.length < PIECE) {
      var size = Math.min(PIECE, Math.max(buffer.length * 2, Math.min(wanted, PIECE)));
      buffer = java.util.Arrays.copyOf(buffer, size);
    }
  }

  /**
   * Ends the file and makes it visible.
   *
   * @throws RetryableFailure when what the server holds is not what was written
   */
  public Stored finish() {
    var object =
        send(true)
            .orElseThrow(
                () -> new IllegalStateException("the last piece is answered by an object"));
    var stored = StagingBucket.stored(bucket.uri(path), path, object);
    var written = sent;
    var sum = (int) crc.getValue();
    if (stored.bytes() != written || (object.getCrc32c() != null && stored.crc32c() != sum)) {
      throw new RetryableFailure(
          WarehouseReason.VERIFICATION_FAILED,
          "%s holds %d bytes with CRC32C %08x, but %d bytes with %08x were written. The file was damaged on its way and is not used; the run will be tried again."
              .formatted(stored.uri(), stored.bytes(), stored.crc32c(), written, sum));
    }
    return new Stored(path, stored.uri(), written, sum);
  }

  /** Nothing to do: what was not finished is never visible, and Cloud Storage forgets it. */
  @Override
  public void close() {
    buffer = new byte[0];
  }

  /** Sends the buffer; the object when this was the last piece. */
  private Optional<StorageObject> send(boolean last) {
    var what = "storage.objects.insert " + bucket.uri(path);
    try {
      if (session.isEmpty()) {
        session = Optional.of(calls.run(what, this::begin));
      }
      var piece = new Piece(sent, filled, last);
      var object = calls.run(what, piece::send);
      sent += filled;
      filled = 0;
      return object;
    } catch (ApiException e) {
      throw texts.of(what, e.error(), e);
    }
  }

  private GenericUrl begin() throws IOException {
    var request =
        bucket
            .storage()
            .getRequestFactory()
            .buildPostRequest(bucket.uploadUrl("resumable", path, ""), new EmptyContent());
    request.getHeaders().set("X-Upload-Content-Type", "application/octet-stream");
    var response = StagingBucket.exchange(request);
    try {
      return bucket.session(response.getHeaders().getLocation());
    } finally {
      response.disconnect();
    }
  }

  /** One piece on its way; after a lost answer it asks before it sends again. */
  private final class Piece {

    private final long start;
    private final int length;
    private final boolean last;
    private boolean unsure;

    private Piece(long start, int length, boolean last) {
      this.start = start;
      this.length = length;
      this.last = last;
    }

    private Optional<StorageObject> send() throws IOException {
      var skip = 0;
      if (unsure) {
        var status = put(new EmptyContent(), "bytes */" + (last ? start + length : "*"));
        if (status.object.isPresent()) {
          return status.object;
        }
        skip = Math.toIntExact(Math.max(0, status.persisted - start));
      }
      unsure = true; // from here on until an answer arrives
      while (last || skip < length) {
        var answer = put(new ByteArrayContent(null, buffer, skip, length - skip), range(skip));
        if (answer.object.isPresent()) {
          return answer.object;
        }
        var persisted = Math.toIntExact(answer.persisted - start);
        if ((last && persisted >= length) || persisted < skip) {
          throw new IOException("the upload stopped at byte " + answer.persisted);
        }
        skip = persisted;
      }
      return Optional.empty();
    }

    private String range(int skip) {
      var total = last ? Long.toString(start + length) : "*";
      return length == skip
          ? "bytes */" + total
          : "bytes %d-%d/%s".formatted(start + skip, start + length - 1, total);
    }
  }

  /** How far the server is: everything, or so many bytes. */
  private record Answer(Optional<StorageObject> object, long persisted) {}

  private Answer put(HttpContent content, String range) throws IOException {
    var request =
        bucket
            .storage()
            .getRequestFactory()
            .buildPutRequest(session.orElseThrow(), content)
            .setThrowExceptionOnExecuteError(false);
    request.getHeaders().setContentRange(range);
    var response = exchange(request);
    try {
      if (response.getStatusCode() == RESUME_INCOMPLETE) {
        return new Answer(Optional.empty(), persisted(response.getHeaders().getRange()));
      }
      if (!response.isSuccessStatusCode()) {
        throw new HttpResponseException(response);
      }
      var object =
          GsonFactory.getDefaultInstance()
              .createJsonParser(response.getContent())
              .parse(StorageObject.class);
      return new Answer(Optional.of(object), object.getSize().longValue());
    } finally {
      response.disconnect();
    }
  }

  private static HttpResponse exchange(HttpRequest request) throws IOException {
    return StagingBucket.exchange(request);
  }

  /** {@code bytes=0-N} means N + 1 bytes are safe; no header means none. */
  private static long persisted(String range) {
    return range == null ? 0 : Long.parseLong(range.substring(range.indexOf('-') + 1)) + 1;
  }
}
