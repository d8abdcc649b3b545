package dev.naru.bigquery.mart;

import dev.naru.bigquery.ActionNeededFailure;

/**
 * What queries may be billed for. A share is taken before a query is sent, so that those which go
 * on side by side do not each spend the same rest.
 */
@FunctionalInterface
public interface Allowance {

  /**
   * Takes what a query is estimated at; may wait for what others give back.
   *
   * @throws ActionNeededFailure of reason {@code BytesCapExceeded} when not so much is left
   */
  Share take(Cost cost);

  /** What one query may be billed for. Closed when it has ended: what it did not need is left. */
  interface Share extends AutoCloseable {

    /** At most. */
    long most();

    /** It was billed for so much. */
    void billed(long bytes);

    @Override
    void close();
  }
}
