package dev.naru.crds.v1alpha1;

/** Parts that several CEL rules share. */
final class Rules {

  static final String NAME =
      "self.metadata.name.size() <= "
          + Api.MAX_NAME_LENGTH
          + " && !self.metadata.name.contains('.')";

  static final String NAME_MESSAGE =
      "metadata.name must have at most "
          + Api.MAX_NAME_LENGTH
          + " characters and no dot, because names of Jobs and labels in BigQuery are made of it:"
          + " choose a shorter name, with - instead of .";

  static final String PROJECT = "'^([a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]$'";

  static final String PROJECT_MESSAGE =
      " must be the ID of a Google Cloud project (6 to 30 lower-case letters, digits and hyphens),"
          + " not its display name or number";

  static final String DATASET = "'^[A-Za-z0-9_]+$'";

  static final String DATASET_MESSAGE =
      " must be the name of a dataset, made of letters, digits and _ only; the project stands in"
          + " the Warehouse";

  // also put into a driver's URL, where anything else could set options of the driver
  static final String HOST =
      "'^([A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9.])?|[0-9A-Fa-f]*:[0-9A-Fa-f]*:[0-9A-Fa-f:.]*)$'";

  static final String TABLE = "'^[A-Za-z0-9_][A-Za-z0-9_-]*$'";

  static final String DURATION = "'" + Durations.PATTERN + "'";

  static final String DURATION_MESSAGE =
      " must be a duration made of whole hours, minutes and seconds, such as 1h30m, 90m or 45s;"
          + " a day is 24h";

  static final String LABEL_KEY = "'" + LabelSyntax.KEY + "'";

  static final String LABEL_VALUE = "'" + LabelSyntax.VALUE + "'";

  static final String RESERVED_LABEL = "'" + LabelSyntax.RESERVED + "'";

  static final String LABEL_MESSAGE =
      " must be labels as Kubernetes has them: keys such as team or example.com/team, values of at"
          + " most 63 letters, digits, -, _ and . that begin and end with a letter or digit";

  static final String RESERVED_MESSAGE =
      " may not hold labels by which Naru, Kubernetes, Argo CD, Flux or Helm find their own objects"
          + " (naru.dev/…, app.kubernetes.io/managed-by, app.kubernetes.io/instance, job-name,"
          + " controller-uid, batch.kubernetes.io/…, argoproj.io/…, fluxcd.io/…, helm.sh/…): choose"
          + " another key, such as team";

  static final String BIGQUERY_LABELS_MESSAGE =
      " must be as BigQuery has them: keys and values of at most 63 lower-case letters, digits, _"
          + " and -, keys beginning with a letter";

  static final String REGISTRY = "'" + Registries.PATTERN + "'";

  static final String RESOURCE =
      "(name in ['cpu', 'memory', 'ephemeral-storage'] || name.startsWith('hugepages-') ||"
          + " name.contains('/'))";

  static final String RESOURCE_MESSAGE =
      " must name resources as Kubernetes does: cpu, memory, ephemeral-storage, or a resource of a"
          + " domain such as nvidia.com/gpu";

  static final String QUANTITY_MESSAGE =
      " must hold quantities as Kubernetes has them, such as cpu: 500m or memory: 512Mi";

  // A field is a list of values, ranges and steps; the names and bounds are those of Kubernetes.
  private static final String STEP = "(/[1-9][0-9]*)?";
  private static final String MINUTE = "[0-5]?[0-9]";
  private static final String MINUTES = "([*?]|" + MINUTE + "(-" + MINUTE + ")?)" + STEP;
  private static final String HOUR = "([01]?[0-9]|2[0-3])";
  private static final String HOURS = "([*?]|" + HOUR + "(-" + HOUR + ")?)" + STEP;
  private static final String DAY = "(0?[1-9]|[12][0-9]|3[01])";
  private static final String DAYS = "([*?]|" + DAY + "(-" + DAY + ")?)" + STEP;
  private static final String MONTH =
      "(0?[1-9]|1[0-2]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)";
  private static final String MONTHS = "([*?]|" + MONTH + "(-" + MONTH + ")?)" + STEP;
  private static final String WEEKDAY = "([0-6]|sun|mon|tue|wed|thu|fri|sat)";
  private static final String WEEKDAYS = "([*?]|" + WEEKDAY + "(-" + WEEKDAY + ")?)" + STEP;

  static final String CRON =
      "'(?i)^"
          + (MINUTES + "(," + MINUTES + ")* +")
          + (HOURS + "(," + HOURS + ")* +")
          + (DAYS + "(," + DAYS + ")* +")
          + (MONTHS + "(," + MONTHS + ")* +")
          + (WEEKDAYS + "(," + WEEKDAYS + ")*$'");

  private Rules() {}
}
