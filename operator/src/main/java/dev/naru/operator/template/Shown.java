package dev.naru.operator.template;

import dev.naru.crds.v1alpha1.Toleration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Effective settings as people read them, by path, without what the resource says itself. Pure. */
final class Shown {

  private Shown() {}

  static SortedMap<String, String> of(String pod, Settings settings) {
    var shown = new TreeMap<String, String>();
    each(shown, pod + ".labels[%s]", settings.labels());
    each(shown, pod + ".nodeSelector[%s]", settings.nodeSelector());
    each(shown, pod + ".resources.requests.%s", settings.requests());
    each(shown, pod + ".resources.limits.%s", settings.limits());
    settings.serviceAccountName().ifPresent(it -> put(shown, pod + ".serviceAccountName", it));
    settings.retries().ifPresent(it -> put(shown, "job.retries", it));
    settings.historyLimit().ifPresent(it -> put(shown, "job.historyLimit", it));
    var tolerations =
        settings.tolerations().stream()
            .filter(it -> !(it.origin() instanceof Origin.Own))
            .map(it -> "%s (%s)".formatted(words(it.value()), it.origin().words()))
            .collect(Collectors.joining(", "));
    if (!tolerations.isEmpty()) {
      shown.put(pod + ".tolerations", tolerations);
    }
    return shown;
  }

  private static void put(Map<String, String> shown, String path, Traced<?> traced) {
    if (!(traced.origin() instanceof Origin.Own)) {
      shown.put(path, traced.withOrigin());
    }
  }

  private static <T> void each(
      Map<String, String> shown, String path, Map<String, Traced<T>> values) {
    values.forEach((key, it) -> put(shown, path.formatted(key), it));
  }

  /** As taints are written: {@code key=value:Effect}. */
  private static String words(Toleration toleration) {
    var key = toleration.key() == null ? "any taint" : toleration.key();
    var value = toleration.value() == null ? "" : "=" + toleration.value();
    var effect = toleration.effect() == null ? "" : ":" + toleration.effect();
    return key + value + effect;
  }
}
