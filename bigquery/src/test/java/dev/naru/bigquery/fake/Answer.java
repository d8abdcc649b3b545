package dev.naru.bigquery.fake;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** One HTTP answer. */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Answer(int status, Map<String, String> headers, byte[] body) {

  static Answer json(JsonNode body) {
    return json(200, body);
  }

  static Answer json(int status, JsonNode body) {
    return new Answer(
        status,
        Map.of("Content-Type", "application/json; charset=UTF-8"),
        body.toString().getBytes(StandardCharsets.UTF_8));
  }

  static Answer empty(int status, Map<String, String> headers) {
    return new Answer(status, headers, new byte[0]);
  }

  static Answer error(int status, String reason, String message) {
    var error = Store.JSON.createObjectNode();
    var inner = error.putObject("error").put("code", status).put("message", message);
    inner
        .putArray("errors")
        .addObject()
        .put("message", message)
        .put("domain", "global")
        .put("reason", reason);
    return json(status, error);
  }
}
