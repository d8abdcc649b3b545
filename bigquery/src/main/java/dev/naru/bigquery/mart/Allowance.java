package dev.naru.bigquery.mart;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.WarehouseReason;
import java.util.concurrent.atomic.AtomicLong;

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

  /** For queries that are sent one after the other. */
  static Allowance upTo(long bytes) {
    var spent = new AtomicLong();
    return cost -> {
      var left = bytes - spent.get();
      if (cost.bytes() > left) {
        throw new ActionNeededFailure(
            WarehouseReason.BYTES_CAP_EXCEEDED,
            "it would be billed for %d bytes, and %d are left of the limit; it was not run"
                .formatted(cost.bytes(), Math.max(left, 0)));
      }
      return new Share() {
        @Override
        public long most() {
          return cost.within(left);
        }

        @Override
        public void billed(long billed) {
          spent.addAndGet(billed);
        }

        @Override
        public void close() {}
      };
    };
  }
}
