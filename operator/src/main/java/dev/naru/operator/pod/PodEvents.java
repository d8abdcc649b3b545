package dev.naru.operator.pod;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.util.List;

/** Finds the Events that tell why a pod does not start; asked only while one does not. */
public interface PodEvents {

  /** Nothing was told. */
  PodEvents NONE =
      new PodEvents() {
        @Override
        public List<Event> failedMounts(Pod pod) {
          return List.of();
        }

        @Override
        public List<Event> failedCreates(Job job) {
          return List.of();
        }
      };

  /** Events with reason FailedMount about a pod. */
  List<Event> failedMounts(Pod pod);

  /** Events with reason FailedCreate about a Job: its pod was refused. */
  List<Event> failedCreates(Job job);

  /** Events with reason Unhealthy about a pod: what its probes were answered. */
  default List<Event> unhealthy(Pod pod) {
    return List.of();
  }
}
