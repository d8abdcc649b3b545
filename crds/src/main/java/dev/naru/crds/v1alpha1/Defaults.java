package dev.naru.crds.v1alpha1;

/**
 * What an absent field means. The schemas default nothing, so that what is in Git is what is in the
 * cluster; {@code status.effective} shows which of these apply.
 */
public final class Defaults {

  public static final String OPS_DATASET = "naru_ops";
  public static final int POSTGRESQL_PORT = 5432;
  public static final int MYSQL_PORT = 3306;
  public static final TlsMode TLS_MODE = TlsMode.VERIFY_FULL;
  public static final int MAX_CONNECTIONS = 4;
  public static final int PARALLELISM = 4;
  public static final String TIME_ZONE = "UTC";
  public static final String TIMEOUT = "4h";
  public static final String LOOKBACK = "0s";
  public static final String UPSTREAM_DEADLINE = "3h";
  public static final String KEEP_FAILED = "24h";
  public static final int RETRIES = 3;
  public static final int HISTORY_LIMIT = 3;

  public static final String STARTUP_TIMEOUT = "5m";
  public static final String DRAIN_DELAY = "10s";
  public static final String DRAIN_TIMEOUT = "30s";
  public static final String ROLLOUT_INTERVAL = "10m";
  public static final int MAX_ERROR_PERCENT = 1;
  public static final int MIN_REQUESTS = 100;
  public static final String METRICS_PATH = "/metrics";
  public static final int TARGET_CPU = 70;
  public static final String SCALE_DOWN_STABILIZATION = "5m";

  private Defaults() {}

  /** A declared choice of columns is a decision to respect, so new ones are only reported. */
  public static NewColumns newColumns(boolean columnsChosen) {
    return columnsChosen ? NewColumns.REPORT : NewColumns.ADD;
  }

  /** The time zone that a schedule is read in. */
  public static String timeZone(Schedule schedule) {
    return schedule.timeZone() == null ? TIME_ZONE : schedule.timeZone();
  }
}
