package dev.naru.logs;

import ch.qos.logback.classic.spi.IThrowableProxy;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/** A stack trace with its causes. Pure. */
final class Traces {

  /** Exceptions of this package say only what Naru decided to say. */
  private static final String OURS = "dev.naru.";

  private Traces() {}

  static String text(IThrowableProxy thrown, boolean foreignMessages) {
    var text = new StringBuilder();
    append(text, "", thrown, foreignMessages, Collections.newSetFromMap(new IdentityHashMap<>()));
    return text.toString().strip();
  }

  private static void append(
      StringBuilder text,
      String before,
      IThrowableProxy thrown,
      boolean foreignMessages,
      Set<IThrowableProxy> seen) {
    if (!seen.add(thrown)) {
      return;
    }
    text.append(before).append(thrown.getClassName());
    var told = foreignMessages || thrown.getClassName().startsWith(OURS);
    if (told && thrown.getMessage() != null) {
      text.append(": ").append(thrown.getMessage());
    }
    text.append('\n');
    for (var frame : thrown.getStackTraceElementProxyArray()) {
      text.append("    ").append(frame.getSTEAsString()).append('\n');
    }
    if (thrown.getCause() != null) {
      append(text, "caused by ", thrown.getCause(), foreignMessages, seen);
    }
    for (var suppressed : thrown.getSuppressed()) {
      append(text, "suppressed ", suppressed, foreignMessages, seen);
    }
  }
}
