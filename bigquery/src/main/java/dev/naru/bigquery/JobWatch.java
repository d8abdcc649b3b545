package dev.naru.bigquery;

import com.google.api.services.bigquery.model.Job;

/** Whoever has a job run. */
public interface JobWatch {

  /** Wants it to its end, and asks for nothing else. */
  JobWatch PATIENT =
      new JobWatch() {
        @Override
        public boolean cancelled() {
          return false;
        }

        @Override
        public void lost(Job job) {}
      };

  /** Whether it is not wanted any more; asked before the job and between two looks at it. */
  boolean cancelled();

  /** An attempt ended without being of use; what it was billed for is spent all the same. */
  void lost(Job job);
}
