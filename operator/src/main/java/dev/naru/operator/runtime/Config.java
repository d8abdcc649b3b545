package dev.naru.operator.runtime;

import dev.naru.operator.pod.WorkerImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The operator's configuration, read once from the environment.
 *
 * @param workerImage image of the worker pods
 * @param workerImagePullPolicy pull policy of the worker pods
 * @param namespace the operator's own namespace, which holds the lease
 * @param podName identity in the leader election
 * @param watch which namespaces' resources are reconciled
 * @param leaderElection whether a lease decides which replica reconciles
 * @param httpPort port of {@code /healthz}, {@code /readyz} and {@code /metrics}
 * @param reconcileThreads reconciles at a time, for each kind together
 * @param logFormat of operator and workers
 * @param workerLogLevel of the workers
 * @param metricsPerResource whether each resource gets metrics of its own
 * @param workloadTemplate file with the template that counts in the whole cluster
 * @param sqlSocket socket of the SQL analyzer
 */
public record Config(
    String workerImage,
    PullPolicy workerImagePullPolicy,
    String namespace,
    String podName,
    Watch watch,
    boolean leaderElection,
    int httpPort,
    int reconcileThreads,
    String logFormat,
    String workerLogLevel,
    boolean metricsPerResource,
    Optional<Path> workloadTemplate,
    Optional<Path> sqlSocket) {

  /** When the kubelet pulls an image; the names are those of Kubernetes. */
  public enum PullPolicy {
    Always,
    IfNotPresent,
    Never
  }

  private static final String PREFIX = "NARU_";

  private static final List<String> LEVELS = List.of("TRACE", "DEBUG", "INFO", "WARN", "ERROR");

  /** Every key, with its default ({@code null}: required) and meaning. */
  public enum Key {
    NARU_WORKER_IMAGE(null, "image of the worker pods"),
    NARU_WORKER_IMAGE_PULL_POLICY("IfNotPresent", "Always, IfNotPresent or Never"),
    NARU_NAMESPACE("naru-system", "the operator's own namespace (downward API)"),
    NARU_POD_NAME("naru-operator", "the operator's pod, its identity in the leader election"),
    NARU_WATCH_NAMESPACES(
        "", "namespaces to watch, separated by commas; empty means all, or those of the selector"),
    NARU_WATCH_NAMESPACE_SELECTOR("", "labels of the namespaces to watch, as kubectl takes them"),
    NARU_LEADER_ELECTION("true", "whether a lease decides which replica reconciles"),
    NARU_HTTP_PORT("8080", "port of /healthz, /readyz and /metrics"),
    NARU_RECONCILE_THREADS("10", "reconciles at a time, 1 to 100"),
    NARU_WORKLOAD_TEMPLATE(
        "",
        "file with the cluster's workload template as JSON: pod, job, policy; empty means none"),
    NARU_SQL_SOCKET(
        "", "socket of the SQL analyzer; empty means there is none: only BigQuery judges SQL"),
    NARU_METRICS_PER_RESOURCE("false", "whether metrics carry names of resources"),
    NARU_LOG_FORMAT("text", "text (key=value on one line) or json, of operator and workers"),
    NARU_LOG_LEVEL("INFO", "TRACE, DEBUG, INFO, WARN or ERROR; read by logback.xml"),
    NARU_WORKER_LOG_LEVEL("INFO", "the same for the workers");

    private final String fallback;
    private final String meaning;

    Key(String fallback, String meaning) {
      this.fallback = fallback;
      this.meaning = meaning;
    }

    /** The default; empty for a required key. */
    public Optional<String> fallback() {
      return Optional.ofNullable(fallback);
    }

    /** One line for the documentation. */
    public String meaning() {
      return meaning;
    }
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException when a required key is missing or a value is not allowed; the
   *     message names the key, the value and what is allowed
   */
  public static Config from(Map<String, String> environment) {
    // logback reads it on its own and says nothing about a value it does not know
    oneOf(environment, Key.NARU_LOG_LEVEL, LEVELS);
    return new Config(
        value(environment, Key.NARU_WORKER_IMAGE),
        PullPolicy.valueOf(
            oneOf(
                environment,
                Key.NARU_WORKER_IMAGE_PULL_POLICY,
                Arrays.stream(PullPolicy.values()).map(Enum::name).toList())),
        value(environment, Key.NARU_NAMESPACE),
        value(environment, Key.NARU_POD_NAME),
        watch(environment),
        truth(environment, Key.NARU_LEADER_ELECTION),
        number(environment, Key.NARU_HTTP_PORT, 0, 65_535),
        number(environment, Key.NARU_RECONCILE_THREADS, 1, 100),
        oneOf(environment, Key.NARU_LOG_FORMAT, List.of("text", "json")),
        oneOf(environment, Key.NARU_WORKER_LOG_LEVEL, LEVELS),
        truth(environment, Key.NARU_METRICS_PER_RESOURCE),
        path(environment, Key.NARU_WORKLOAD_TEMPLATE),
        path(environment, Key.NARU_SQL_SOCKET));
  }

  private static Optional<Path> path(Map<String, String> environment, Key key) {
    return Optional.of(value(environment, key)).filter(it -> !it.isEmpty()).map(Path::of);
  }

  /** The pods that are made. */
  public WorkerImage worker() {
    return new WorkerImage(workerImage, workerImagePullPolicy.name(), logFormat, workerLogLevel);
  }

  /** Keys that look like ours and are not: a typing error would otherwise pass unseen. */
  public static List<String> unknownKeys(Collection<String> names) {
    var known = Arrays.stream(Key.values()).map(Key::name).collect(Collectors.toSet());
    return new TreeSet<>(names)
        .stream().filter(name -> name.startsWith(PREFIX) && !known.contains(name)).toList();
  }

  private static Watch watch(Map<String, String> environment) {
    var names =
        Arrays.stream(value(environment, Key.NARU_WATCH_NAMESPACES).split(",", -1))
            .map(String::strip)
            .filter(name -> !name.isEmpty())
            .toList();
    var selector = value(environment, Key.NARU_WATCH_NAMESPACE_SELECTOR);
    if (selector.isEmpty()) {
      return names.isEmpty() ? new Watch.Everywhere() : new Watch.Listed(names);
    }
    if (!names.isEmpty()) {
      throw new IllegalArgumentException(
          "%s=%s and %s=%s: write one of them, namespaces are watched by name or by label"
              .formatted(
                  Key.NARU_WATCH_NAMESPACES,
                  String.join(",", names),
                  Key.NARU_WATCH_NAMESPACE_SELECTOR,
                  selector));
    }
    try {
      return new Watch.Labelled(selector);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          Key.NARU_WATCH_NAMESPACE_SELECTOR + "=" + selector + ": " + e.getMessage(), e);
    }
  }

  private static String value(Map<String, String> environment, Key key) {
    var value = environment.getOrDefault(key.name(), "").strip();
    if (!value.isEmpty()) {
      return value;
    }
    return key.fallback()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    key + " is not set: it is required (" + key.meaning() + ")"));
  }

  private static boolean truth(Map<String, String> environment, Key key) {
    var value = value(environment, key);
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException(key + "=" + value + ": write true or false");
    };
  }

  private static int number(Map<String, String> environment, Key key, int least, int most) {
    var value = value(environment, key);
    try {
      var number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // the message below says what is allowed
    }
    throw new IllegalArgumentException(
        "%s=%s: write a whole number from %d to %d".formatted(key, value, least, most));
  }

  private static String oneOf(Map<String, String> environment, Key key, List<String> allowed) {
    var value = value(environment, key);
    if (!allowed.contains(value)) {
      throw new IllegalArgumentException(
          "%s=%s: write one of %s".formatted(key, value, String.join(", ", allowed)));
    }
    return value;
  }
}
