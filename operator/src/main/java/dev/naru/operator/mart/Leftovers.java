package dev.naru.operator.mart;

import dev.naru.bigquery.Failure;
import dev.naru.bigquery.TableId;
import dev.naru.bigquery.mart.MartWarehouse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What runs have staged and nobody needs any more. A repeat of a run needs it until status says how
 * the run ended.
 */
final class Leftovers {

  private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

  private static final Duration PATIENCE = Duration.ofMinutes(30);

  private Leftovers() {}

  /** Removes what was staged; what cannot be removed expires. Blocks. */
  static void discard(Warehouses warehouses, ResolvedMart mart, List<TableId> staged, Instant now) {
    try (var warehouse = warehouses.open(mart.warehouse(), mart.owner(), now.plus(PATIENCE))) {
      staged.forEach(it -> discard(warehouse, it));
    } catch (Failure e) {
      stays(staged, e);
    }
  }

  private static void discard(MartWarehouse warehouse, TableId staged) {
    try {
      warehouse.discard(staged);
    } catch (Failure e) {
      stays(List.of(staged), e);
    }
  }

  private static void stays(List<TableId> staged, Failure e) {
    LOG.atWarn()
        .addKeyValue("tables", staged)
        .addKeyValue("error", e.getMessage())
        .log("what was staged stays until it expires");
  }
}
