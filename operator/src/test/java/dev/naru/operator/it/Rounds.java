package dev.naru.operator.it;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;

/**
 * Does something again and again until it is closed. What the API server refuses is done again too:
 * an object went between two requests, or its kind did.
 */
final class Rounds implements AutoCloseable {

  static final Duration OFTEN = Duration.ofMillis(50);

  private final Thread thread;

  Rounds(Duration pause, Runnable round) {
    thread =
        Thread.ofVirtual()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    try {
                      round.run();
                      Thread.sleep(pause);
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    } catch (KubernetesClientException e) {
                      // the next round
                    }
                  }
                });
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
