package dev.naru.operator.pod;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;

/** Finds the Events that tell why a pod does not start; asked only about pending pods. */
@FunctionalInterface
public interface PodEvents {

  /** Events with reason FailedMount about a pod. */
  List<Event> failedMounts(Pod pod);
}
