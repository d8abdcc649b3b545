package dev.naru.operator.mart;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * One writer per table, over runs of marts and Backfills. Whoever asks first is served first, and
 * takes all of its tables at once, so that nobody starves and no two wait for each other. Lives in
 * the process that leads: what a former leader left behind are jobs, which are found by their ids.
 */
public final class TableLocks {

  /** So often somebody who waits looks whether it still has to. */
  private static final Duration LOOK = Duration.ofMillis(500);

  /** All claims that are held or wait, in the order in which they were made. */
  private final List<Claim> claims = new ArrayList<>();

  /** Tables that somebody holds until it is closed. */
  public final class Claim implements AutoCloseable {

    private final String owner;
    private final Set<String> tables;

    private Claim(String owner, Set<String> tables) {
      this.owner = owner;
      this.tables = Set.copyOf(tables);
    }

    private boolean excludes(Claim other) {
      return !owner.equals(other.owner) && tables.stream().anyMatch(other.tables::contains);
    }

    @Override
    public void close() {
      synchronized (TableLocks.this) {
        claims.remove(this);
        TableLocks.this.notifyAll();
      }
    }
  }

  /**
   * Waits until the tables are free of others. Claims of one owner go side by side, but a later one
   * does not overtake another owner that waits.
   *
   * @param owner who asks, in words for those who wait for it
   * @param wanted asked while it waits; false gives up
   * @param waiting told once whom it waits for, when it has to wait
   * @return empty when it gave up
   */
  public Optional<Claim> acquire(
      String owner, Set<String> tables, BooleanSupplier wanted, Consumer<String> waiting) {
    var claim = new Claim(owner, tables);
    synchronized (this) {
      claims.add(claim);
    }
    var told = "";
    while (true) {
      Optional<String> before;
      synchronized (this) {
        before = before(claim);
        if (before.isEmpty()) {
          return Optional.of(claim);
        }
      }
      if (!wanted.getAsBoolean()) {
        claim.close();
        return Optional.empty();
      }
      // not inside: whoever is told may look at these locks
      if (!told.equals(before.get())) {
        told = before.get();
        waiting.accept(told);
      }
      if (!pause(claim)) {
        return Optional.empty();
      }
    }
  }

  private Optional<String> before(Claim claim) {
    return claims.subList(0, claims.indexOf(claim)).stream()
        .filter(claim::excludes)
        .map(it -> it.owner)
        .findFirst();
  }

  private boolean pause(Claim claim) {
    try {
      var end = System.nanoTime() + LOOK.toNanos();
      synchronized (this) {
        for (var left = LOOK; before(claim).isPresent() && left.toMillis() > 0; ) {
          wait(left.toMillis());
          left = Duration.ofNanos(end - System.nanoTime());
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      claim.close();
      return false;
    }
  }
}
