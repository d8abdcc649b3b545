package dev.naru.bigquery.fake;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/** The calls of Cloud Storage's JSON API that Naru makes. */
final class StorageApi {

  private static final Pattern RANGE = Pattern.compile("bytes (?:(\\d+)-(\\d+)|\\*)/(\\d+|\\*)");

  private final Store store;

  StorageApi(Store store) {
    this.store = store;
  }

  Answer answer(Call call, String root) {
    var path = call.path();
    if (path.startsWith("/upload/session/")) {
      return piece(call, path.substring("/upload/session/".length()));
    }
    var from = path.indexOf("/b/") + 3;
    var to = path.indexOf("/o", from);
    var bucket = path.substring(from, to);
    if (!bucket.equals(FakeBigQuery.BUCKET)) {
      throw ApiFailure.notFound("The specified bucket does not exist.");
    }
    if (path.startsWith("/upload/")) {
      return upload(call, "gs://" + bucket + "/" + call.query().get("name"), root);
    }
    if (path.endsWith("/o")) {
      return list(bucket, call.query().getOrDefault("prefix", ""));
    }
    var uri = "gs://" + bucket + "/" + path.substring(to + 3);
    var object =
        Optional.ofNullable(store.objects.get(uri))
            .orElseThrow(
                () -> new ApiFailure(404, "notFound", "No such object: " + uri.substring(5)));
    if (call.method().equals("DELETE")) {
      store.objects.remove(uri);
      return Answer.empty(204, Map.of());
    }
    return "media".equals(call.query().get("alt"))
        ? new Answer(200, Map.of("Content-Type", "application/octet-stream"), object)
        : Answer.json(resource(uri, object));
  }

  private Answer upload(Call call, String uri, String root) {
    var ifAbsent = "0".equals(call.query().get("ifGenerationMatch"));
    if (call.query().get("uploadType").equals("resumable")) {
      var id = "session-" + store.uploads.size();
      store.uploads.put(id, new Store.Upload(uri, ifAbsent));
      return Answer.empty(200, Map.of("Location", root + "/upload/session/" + id));
    }
    return create(uri, ifAbsent, call.body());
  }

  private Answer create(String uri, boolean ifAbsent, byte[] body) {
    if (ifAbsent && store.objects.containsKey(uri)) {
      throw new ApiFailure(
          412, "conditionNotMet", "At least one of the pre-conditions you specified did not hold.");
    }
    store.objects.put(uri, body);
    return Answer.json(resource(uri, body));
  }

  private Answer piece(Call call, String id) {
    var upload = store.uploads.get(id);
    var range = RANGE.matcher(call.header("content-range").orElseThrow());
    if (!range.matches()) {
      throw new ApiFailure(400, "invalid", "Failed to parse Content-Range header.");
    }
    if (upload.done) {
      return Answer.json(resource(upload.object, store.objects.get(upload.object)));
    }
    if (range.group(1) != null) {
      append(upload, Integer.parseInt(range.group(1)), call.body());
    }
    if (!range.group(3).equals("*") && upload.bytes.length == Long.parseLong(range.group(3))) {
      upload.done = true;
      return create(upload.object, upload.ifAbsent, upload.bytes);
    }
    return Answer.empty(
        308,
        upload.bytes.length == 0
            ? Map.of()
            : Map.of("Range", "bytes=0-" + (upload.bytes.length - 1)));
  }

  private static void append(Store.Upload upload, int start, byte[] bytes) {
    if (start > upload.bytes.length) {
      throw new ApiFailure(503, "backendError", "Backend Error");
    }
    var skip = upload.bytes.length - start;
    if (skip < bytes.length) {
      var all = new ByteArrayOutputStream();
      all.writeBytes(upload.bytes);
      all.writeBytes(Arrays.copyOfRange(bytes, skip, bytes.length));
      upload.bytes = all.toByteArray();
    }
  }

  private Answer list(String bucket, String prefix) {
    var answer = Store.JSON.createObjectNode();
    var items = answer.putArray("items");
    store.objects.forEach(
        (uri, bytes) -> {
          if (uri.startsWith("gs://" + bucket + "/" + prefix)) {
            items.add(resource(uri, bytes));
          }
        });
    return Answer.json(answer);
  }

  private static com.fasterxml.jackson.databind.JsonNode resource(String uri, byte[] bytes) {
    var crc = new CRC32C();
    crc.update(bytes);
    return Store.JSON
        .createObjectNode()
        .put("name", uri.substring(("gs://" + FakeBigQuery.BUCKET + "/").length()))
        .put("bucket", FakeBigQuery.BUCKET)
        .put("size", "" + bytes.length)
        .put(
            "crc32c",
            Base64.getEncoder()
                .encodeToString(ByteBuffer.allocate(4).putInt((int) crc.getValue()).array()));
  }
}
