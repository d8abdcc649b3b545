package dev.naru.operator.image;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;

/**
 * Answers the operator as an API server would, well enough to make it work through one reconcile of
 * everything: stores whatever is written, fills in what a server fills in, tells watchers. It
 * judges nothing, and so proves nothing; tests use a real one.
 */
final class ApiStandIn implements TlsServer.Handler {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final String NARU = "/apis/naru.dev/v1alpha1";

  private static final List<String> KINDS =
      List.of(
          "backfills",
          "connections",
          "datamarts",
          "ingestionjobs",
          "modelservices",
          "warehouses",
          "workloadtemplates");

  private final Map<String, ObjectNode> objects = new TreeMap<>();
  private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
  private int version = 1;

  private record Watcher(String collection, Map<String, String> labels, TlsServer.Socket socket) {}

  /** Stores an object, as a person's apply would. */
  synchronized void apply(String collection, String yaml) throws IOException {
    var object = (ObjectNode) JSON.valueToTree(Serialization.unmarshal(yaml, JsonNode.class));
    write(collection + "/" + object.at("/metadata/name").asText(), object);
  }

  /** What is stored at a path. */
  synchronized Optional<ObjectNode> get(String path) {
    return Optional.ofNullable(objects.get(path)).map(ObjectNode::deepCopy);
  }

  /** Whether something below a collection is stored. */
  synchronized List<ObjectNode> list(String collection) {
    return list(collection, Map.of());
  }

  @Override
  public synchronized TlsServer.Answer answer(String method, URI uri, String body)
      throws IOException {
    var path = uri.getPath();
    if (path.endsWith("/selfsubjectrulesreviews")) {
      return answer(201, rules((ObjectNode) JSON.readTree(body)));
    }
    return switch (method) {
      case "GET" -> read(path, query(uri));
      case "POST" -> {
        var object = (ObjectNode) JSON.readTree(body);
        yield answer(201, write(path + "/" + object.at("/metadata/name").asText(), object));
      }
      case "PATCH", "PUT" -> {
        var part = path.endsWith("/status") ? path.substring(0, path.lastIndexOf('/')) : path;
        yield answer(200, write(part, (ObjectNode) JSON.readTree(body)));
      }
      case "DELETE" -> {
        objects.remove(path);
        yield answer(200, JSON.createObjectNode().put("kind", "Status"));
      }
      default -> answer(405, JSON.createObjectNode());
    };
  }

  @Override
  public synchronized void watch(URI uri, TlsServer.Socket socket) {
    watchers.add(new Watcher(uri.getPath(), labels(query(uri)), socket));
  }

  /** Which kinds there are, for an operator that asks before it begins. */
  private static ObjectNode served() {
    var served =
        JSON.createObjectNode()
            .put("kind", "APIResourceList")
            .put("groupVersion", "naru.dev/v1alpha1");
    var resources = served.putArray("resources");
    KINDS.forEach(it -> resources.addObject().put("name", it).put("namespaced", true));
    return served;
  }

  private TlsServer.Answer read(String path, Map<String, String> query) throws IOException {
    var object = objects.get(path);
    if (object != null) {
      return answer(200, object);
    }
    // a collection has an even number of segments below /apis/GROUP/VERSION: kinds, or
    // namespaces/NAME/kinds
    var segments = path.split("/", -1).length - (path.startsWith("/api/") ? 3 : 4);
    if (path.equals(NARU)) {
      return answer(200, served());
    }
    if (segments % 2 == 0) {
      return answer(404, JSON.createObjectNode().put("kind", "Status").put("code", 404));
    }
    var list = JSON.createObjectNode().put("kind", "List").put("apiVersion", "v1");
    list.putObject("metadata").put("resourceVersion", Integer.toString(version));
    list.putArray("items").addAll(list(path, labels(query)));
    return answer(200, list);
  }

  private List<ObjectNode> list(String collection, Map<String, String> labels) {
    return objects.entrySet().stream()
        .filter(it -> within(it.getKey(), collection))
        .map(Map.Entry::getValue)
        .filter(it -> selected(it, labels))
        .toList();
  }

  /** Whether an object belongs to a collection of its namespace or of all namespaces. */
  private static boolean within(String object, String collection) {
    var own = object.substring(0, object.lastIndexOf('/'));
    return own.equals(collection) || own.replaceFirst("/namespaces/[^/]+", "").equals(collection);
  }

  private static boolean selected(JsonNode object, Map<String, String> labels) {
    var own = object.at("/metadata/labels");
    return labels.entrySet().stream()
        .allMatch(it -> own.path(it.getKey()).asText().equals(it.getValue()));
  }

  private ObjectNode write(String path, ObjectNode written) throws IOException {
    var known = objects.get(path);
    var object = known == null ? written : merge(known.deepCopy(), written);
    var metadata = (ObjectNode) object.get("metadata");
    metadata.put("resourceVersion", Integer.toString(++version));
    if (known == null) {
      metadata.put("uid", "00000000-0000-0000-0000-" + String.format("%012d", version));
      metadata.put("generation", 1);
      metadata.put("creationTimestamp", "2026-01-02T03:04:05Z");
      var segments = Arrays.asList(path.split("/", -1));
      var at = segments.indexOf("namespaces");
      if (at >= 0 && at + 2 < segments.size()) {
        metadata.put("namespace", segments.get(at + 1));
      }
    }
    objects.put(path, object);
    for (var watcher : watchers) {
      if (within(path, watcher.collection()) && selected(object, watcher.labels())) {
        var event = JSON.createObjectNode().put("type", known == null ? "ADDED" : "MODIFIED");
        event.set("object", object);
        watcher.socket().send(event.toString());
      }
    }
    return object;
  }

  private static ObjectNode merge(ObjectNode into, ObjectNode from) {
    from.properties()
        .forEach(
            it -> {
              if (it.getValue() instanceof ObjectNode part
                  && into.get(it.getKey()) instanceof ObjectNode known) {
                merge(known, part);
              } else {
                into.set(it.getKey(), it.getValue());
              }
            });
    return into;
  }

  private static ObjectNode rules(ObjectNode review) {
    var status = review.putObject("status").put("incomplete", false);
    status.putArray("nonResourceRules");
    var rule = status.putArray("resourceRules").addObject();
    for (var field : List.of("verbs", "apiGroups", "resources")) {
      rule.putArray(field).add("*");
    }
    return review;
  }

  private static TlsServer.Answer answer(int code, JsonNode body) {
    return new TlsServer.Answer(code, body.toString());
  }

  private static Map<String, String> labels(Map<String, String> query) {
    var selector = query.getOrDefault("labelSelector", "");
    return selector.isEmpty() ? Map.of() : pairs(selector, ",");
  }

  private static Map<String, String> query(URI uri) {
    return uri.getRawQuery() == null
        ? Map.of()
        : pairs(uri.getRawQuery(), "&").entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    it -> URLDecoder.decode(it.getValue(), StandardCharsets.UTF_8)));
  }

  private static Map<String, String> pairs(String text, String separator) {
    var pairs = new HashMap<String, String>();
    for (var pair : text.split(separator, -1)) {
      var at = pair.indexOf('=');
      pairs.put(pair.substring(0, at), pair.substring(at + 1));
    }
    return pairs;
  }
}
