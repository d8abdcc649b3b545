package dev.naru.operator.model.rollout;

import java.util.HashMap;
import java.util.Map;

/**
 * What the pods of a revision have answered since somebody began to look. Requests that a pod had
 * answered before it was first seen do not count; those of a pod that has gone still do.
 *
 * @param seen what each pod said last, by its UID
 * @param sum what has come since
 */
public record MeasuredPods(Map<String, Measures> seen, Measures sum) {

  public static final MeasuredPods NONE = new MeasuredPods(Map.of(), Measures.NONE);

  public MeasuredPods {
    seen = Map.copyOf(seen);
  }

  /** After one more look. */
  public MeasuredPods plus(Map<String, Measures> looked) {
    var next = new HashMap<>(seen);
    var total = sum;
    for (var pod : looked.entrySet()) {
      var before = next.put(pod.getKey(), pod.getValue());
      if (before != null) {
        total = total.plus(pod.getValue().since(before));
      }
    }
    return new MeasuredPods(next, total);
  }
}
