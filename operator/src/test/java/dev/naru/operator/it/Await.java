package dev.naru.operator.it;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for a condition with a deadline. */
final class Await {

  /**
   * The garbage collector learns of a new kind of owner only every 30 s, and may then need both.
   */
  private static final Duration DEADLINE = Duration.ofSeconds(90);

  private Await() {}

  static void until(String what, Callable<Boolean> condition) {
    Awaitility.await(what)
        .atMost(DEADLINE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsMatching(
            it ->
                it instanceof NullPointerException
                    || it instanceof java.util.NoSuchElementException)
        .until(condition);
  }
}
