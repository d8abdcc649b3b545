package dev.naru.operator.mart;

import dev.naru.bigquery.mart.MartWarehouse;
import dev.naru.crds.v1alpha1.MartPlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a look at SQL and BigQuery gave. */
sealed interface PlanAnswer {

  /**
   * The mart can run.
   *
   * @param repaired what had drifted and is as declared again
   * @param analyzed what is known of the SQL, for people
   * @param seen how the queries were looked at
   * @param gone tables that were declared once and are deleted now
   * @param past what tables hold of which status knows nothing
   */
  record Planned(
      MartPlan plan,
      List<String> repaired,
      String analyzed,
      Seen seen,
      List<String> gone,
      Map<String, MartWarehouse.Past> past)
      implements PlanAnswer {
    public Planned {
      past = Map.copyOf(past);
      repaired = List.copyOf(repaired);
      gone = List.copyOf(gone);
    }
  }

  /** How far queries were looked at. */
  enum Seen {
    /** All of them, by whoever can tell. */
    WHOLLY,
    /** By BigQuery alone: there is no analyzer, or it fails over one of them. */
    WITHOUT_ANALYZER,
    /** By BigQuery alone: the analyzer does not answer yet, and is asked again. */
    BEFORE_ANALYZER,
    /** Not all: some read tables that do not exist yet. */
    IN_PART
  }

  /**
   * A person must act.
   *
   * @param sql whether it is the SQL that cannot run
   * @param plan as far as it got
   * @param again whether to ask again soon: it is mended in BigQuery, of which nobody tells us, or
   *     an analyzer that does not answer yet would say who is concerned
   */
  record Refused(String reason, String message, boolean sql, Optional<MartPlan> plan, boolean again)
      implements PlanAnswer {}

  /** No usable answer; asked again later. */
  record Unknown(String reason, String message) implements PlanAnswer {}
}
