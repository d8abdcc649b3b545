package dev.naru.operator.connection;

import static dev.naru.crds.v1alpha1.ConditionTypes.REACHABLE;

import dev.naru.crds.v1alpha1.Annotations;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ConditionStatus;
import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.ConnectionStatus;
import dev.naru.crds.v1alpha1.Server;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Requests;
import dev.naru.operator.pod.PodTrouble;
import dev.naru.operator.status.Conditions;
import dev.naru.operator.status.Notice;
import dev.naru.operator.status.Outcome;
import dev.naru.operator.status.Readiness;
import dev.naru.operator.status.Reason;
import dev.naru.runfile.ProbeResult;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a reconcile found out about a Connection, as status and notices. Pure.
 *
 * @param lookAgain when the picture changes by time alone
 */
record ConnectionVerdict(
    Connection connection,
    ConnectionStatus status,
    List<Notice> notices,
    Optional<Duration> lookAgain) {

  /** The network's failures pass by themselves; all others wait for a person. */
  private static final Set<String> PASSING =
      Set.of("HostUnknown", "ConnectionRefused", "ConnectTimeout");

  /** Whether this generation was probed and no newer request waits. */
  static boolean recorded(Connection connection) {
    var generation = connection.getMetadata().getGeneration();
    return Optional.ofNullable(connection.getStatus())
        .filter(it -> generation.equals(it.observedGeneration()))
        .filter(it -> generation.equals(it.probedGeneration()))
        .filter(
            it ->
                Requests.open(connection, Annotations.RUN_REQUESTED_AT, it.lastHandledRunRequest())
                    .isEmpty())
        .isPresent();
  }

  /** Where the probe stands. */
  static ConnectionVerdict of(Connection connection, Probe probe, Clock clock) {
    var conditions = conditions(connection, clock);
    return switch (probe) {
      case Probe.Running _ ->
          open(
              connection,
              conditions,
              Outcome.Wait.on(Reason.PROBING, "The worker is opening a session to the source"));
      case Probe.Held(PodTrouble.Missing missing) ->
          open(connection, conditions, Outcome.Wait.onMissing(missing.message()));
      case Probe.Held(PodTrouble.Waiting waiting) ->
          open(
              connection,
              conditions,
              Outcome.Wait.on(
                  Reason.POD_PENDING, "The probe's pod does not start: " + waiting.message()));
      case Probe.Lost lost -> {
        var message =
            "The probe ended without an answer (%s): see kubectl logs job/%s, then set annotation %s to a new value to probe again"
                .formatted(lost.cause(), lost.job(), Annotations.RUN_REQUESTED_AT);
        conditions.set(REACHABLE, ConditionStatus.UNKNOWN, Reason.PROBE_FAILED.code(), message);
        yield closed(
            connection,
            conditions,
            new Outcome.Fail(Reason.PROBE_FAILED, message),
            null,
            List.of());
      }
      case Probe.Answered(ProbeResult result) -> answered(connection, conditions, result);
    };
  }

  /** A value of a newer version. */
  static ConnectionVerdict unsupported(Connection connection, Clock clock) {
    return open(
        connection,
        conditions(connection, clock),
        Outcome.Fail.unknownValue("spec.type", "PostgreSQL and MySQL"));
  }

  /** The probe's pod cannot be decided on. */
  static ConnectionVerdict held(Connection connection, Outcome outcome, Clock clock) {
    return open(
        connection,
        conditions(connection, clock),
        outcome.saying(
            " (the pod that probes this Connection takes its settings from the default templates)"));
  }

  /** The API server does not take the probe. */
  static ConnectionVerdict refused(Connection connection, Applied.Refused refused, Clock clock) {
    return open(
        connection,
        conditions(connection, clock),
        new Outcome.Fail(
            Reason.CHILD_REFUSED,
            "%s %s is refused by the API server: %s"
                .formatted(refused.kind(), refused.name(), refused.why())));
  }

  /** The probe's name is taken. */
  static ConnectionVerdict nameTaken(Connection connection, Applied.Foreign foreign, Clock clock) {
    return open(
        connection,
        conditions(connection, clock),
        new Outcome.Fail(
            Reason.NAME_TAKEN,
            "%s %s exists in this namespace and belongs to someone else: delete or rename it"
                .formatted(foreign.kind(), foreign.name())));
  }

  /** The probe's name is on its way out. */
  static ConnectionVerdict deleting(Connection connection, Applied.Deleting deleting, Clock clock) {
    return open(
        connection,
        conditions(connection, clock),
        Outcome.Wait.on(
            Reason.CHILD_DELETING,
            "%s %s is still being deleted".formatted(deleting.kind(), deleting.name())));
  }

  private static ConnectionVerdict answered(
      Connection connection, Conditions conditions, ProbeResult result) {
    var server = new Server(result.serverVersion().orElse(null), result.role().orElse(null));
    conditions.set(
        REACHABLE,
        result.reachable() ? ConditionStatus.TRUE : ConditionStatus.FALSE,
        result.reason(),
        result.message());
    Outcome outcome;
    if (result.reachable()) {
      outcome = new Outcome.Done(Reason.REACHABLE, result.message());
    } else if (PASSING.contains(result.reason())) {
      outcome =
          new Outcome.Done(
              Reason.UNREACHABLE,
              "%s Set annotation %s to a new value to probe again"
                  .formatted(result.message(), Annotations.RUN_REQUESTED_AT));
    } else {
      outcome =
          new Outcome.Fail(
              result.reason(),
              "%s Then set annotation %s to a new value to probe again"
                  .formatted(result.message(), Annotations.RUN_REQUESTED_AT));
    }
    return closed(
        connection,
        conditions,
        outcome,
        result.reachable() ? server : stored(connection).map(ConnectionStatus::server).orElse(null),
        result.warnings());
  }

  /** The probe is not over: what the last one found stays. */
  private static ConnectionVerdict open(
      Connection connection, Conditions conditions, Outcome outcome) {
    var stored = stored(connection);
    return verdict(
        connection,
        conditions,
        outcome,
        stored.map(ConnectionStatus::server).orElse(null),
        stored.map(ConnectionStatus::warnings).orElse(List.of()),
        stored.map(ConnectionStatus::probedGeneration).orElse(null),
        stored.map(ConnectionStatus::lastHandledRunRequest).orElse(null));
  }

  /** The probe is over: spec and request are answered. */
  private static ConnectionVerdict closed(
      Connection connection,
      Conditions conditions,
      Outcome outcome,
      Server server,
      List<String> warnings) {
    return verdict(
        connection,
        conditions,
        outcome,
        server,
        warnings,
        connection.getMetadata().getGeneration(),
        Requests.token(connection, Annotations.RUN_REQUESTED_AT).orElse(null));
  }

  private static ConnectionVerdict verdict(
      Connection connection,
      Conditions conditions,
      Outcome outcome,
      Server server,
      List<String> warnings,
      Long probedGeneration,
      String handled) {
    List<Condition> before = stored(connection).map(ConnectionStatus::conditions).orElse(List.of());
    var lookAgain = Readiness.report(conditions, outcome);
    return new ConnectionVerdict(
        connection,
        new ConnectionStatus(
            connection.getMetadata().getGeneration(),
            conditions.toList(),
            server,
            warnings,
            probedGeneration,
            handled),
        Notice.ofReadiness(before, conditions.toList()).stream().toList(),
        lookAgain);
  }

  private static Conditions conditions(Connection connection, Clock clock) {
    return new Conditions(
        stored(connection).map(ConnectionStatus::conditions).orElse(List.of()),
        connection.getMetadata().getGeneration(),
        clock);
  }

  private static Optional<ConnectionStatus> stored(Connection connection) {
    return Optional.ofNullable(connection.getStatus());
  }
}
