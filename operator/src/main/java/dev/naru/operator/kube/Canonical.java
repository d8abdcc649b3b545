package dev.naru.operator.kube;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.naru.runfile.Hashes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Compares what is desired with what is there. Kubernetes adds defaults and status, so equality is
 * "desired is a subset of actual": every field we set has our value; lists that server-side apply
 * merges by key are matched by that key, all others as a whole.
 */
public final class Canonical {

  /** Keys of the merged lists in the objects we build; a list of other elements is atomic. */
  private static final List<String> LIST_KEYS = List.of("mountPath", "name", "uid", "key");

  /** Lists of elements that have a name, but are replaced as a whole: one more is a change. */
  private static final Set<String> ATOMIC = Set.of("backendRefs", "parentRefs");

  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS).build();

  private Canonical() {}

  /** Hash of the whole desired object. */
  public static String hash(Object desired) {
    return Hashes.sha256Hex(sorted(MAPPER.valueToTree(desired)).toString()).substring(0, 16);
  }

  /** Whether {@code actual} lacks or changes anything that {@code desired} sets. */
  static boolean drifted(HasMetadata actual, HasMetadata desired) {
    return !subset(MAPPER.valueToTree(desired), MAPPER.valueToTree(actual));
  }

  private static boolean subset(JsonNode desired, JsonNode actual) {
    if (desired.isObject()) {
      return desired.properties().stream()
          .allMatch(
              field ->
                  actual.has(field.getKey())
                      && (ATOMIC.contains(field.getKey())
                          ? atomicSubset(field.getValue(), actual.get(field.getKey()))
                          : subset(field.getValue(), actual.get(field.getKey()))));
    }
    if (desired.isArray()) {
      return keyOf(desired)
          .map(key -> keyedSubset(desired, actual, key))
          .orElseGet(() -> atomicSubset(desired, actual));
    }
    return desired.equals(actual);
  }

  private static boolean keyedSubset(JsonNode desired, JsonNode actual, String key) {
    return desired
        .valueStream()
        .allMatch(
            element ->
                actual
                    .valueStream()
                    .filter(candidate -> element.get(key).equals(candidate.get(key)))
                    .anyMatch(candidate -> subset(element, candidate)));
  }

  private static boolean atomicSubset(JsonNode desired, JsonNode actual) {
    if (desired.size() != actual.size()) {
      return false;
    }
    for (var i = 0; i < desired.size(); i++) {
      if (!subset(desired.get(i), actual.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> keyOf(JsonNode list) {
    return LIST_KEYS.stream()
        .filter(key -> !list.isEmpty() && list.valueStream().allMatch(element -> element.has(key)))
        .findFirst();
  }

  private static JsonNode sorted(JsonNode node) {
    return switch (node.getNodeType()) {
      case OBJECT -> {
        ObjectNode sorted = MAPPER.createObjectNode();
        node.properties().stream()
            .sorted(java.util.Map.Entry.comparingByKey())
            .forEach(field -> sorted.set(field.getKey(), sorted(field.getValue())));
        yield sorted;
      }
      case ARRAY -> {
        var list = MAPPER.createArrayNode();
        node.forEach(element -> list.add(sorted(element)));
        yield list;
      }
      case BINARY, BOOLEAN, MISSING, NULL, NUMBER, POJO, STRING -> node;
    };
  }
}
