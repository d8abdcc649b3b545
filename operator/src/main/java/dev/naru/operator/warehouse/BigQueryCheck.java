package dev.naru.operator.warehouse;

import dev.naru.bigquery.ActionNeededFailure;
import dev.naru.bigquery.CallObserver;
import dev.naru.bigquery.Patience;
import dev.naru.bigquery.RetryableFailure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.WarehouseSession;
import dev.naru.runfile.Warehouse;
import java.time.Clock;
import java.time.Duration;

/** Asks for the ledger's dataset and for one object of the bucket; neither has to exist. */
public final class BigQueryCheck implements WarehouseCheck {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CallObserver observer;
  private final Clock clock;

  public BigQueryCheck(CallObserver observer, Clock clock) {
    this.observer = observer;
    this.clock = clock;
  }

  @Override
  public Answer look(Warehouse warehouse) {
    var patience = Patience.until(clock.instant().plus(PATIENCE));
    try (var session = WarehouseSession.open(warehouse, warehouse.labels(), patience, observer)) {
      session.tables().find(new TableId(warehouse.project(), warehouse.opsDataset(), "reachable"));
      session.bucket().stat("naru/reachable");
      return new Answer.Usable();
    } catch (ActionNeededFailure e) {
      return new Answer.Refused(e.reason().code(), e.getMessage());
    } catch (RetryableFailure e) {
      return new Answer.Unreachable(e.reason().code(), e.getMessage());
    }
  }
}
