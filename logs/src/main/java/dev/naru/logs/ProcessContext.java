package dev.naru.logs;

import ch.qos.logback.classic.LoggerContext;
import org.slf4j.LoggerFactory;

/** Fields of every line of this process, whichever thread writes it. */
public final class ProcessContext {

  private ProcessContext() {}

  /** Sets the resource a process works for, and which of its runs; both stand in every line. */
  public static void set(String kind, String namespace, String name, String run) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
      context.putProperty(Fields.KIND, kind);
      context.putProperty(Fields.NAMESPACE, namespace);
      context.putProperty(Fields.NAME, name);
      context.putProperty(Fields.RUN, run);
    }
  }
}
