package dev.naru.crds.v1alpha1;

import java.util.Arrays;
import java.util.Optional;

/**
 * Reasons of conditions: a closed set that people and alerts may rely on. A worker reports further
 * reasons of failed runs, which pass through to RunHealthy as they are.
 */
public enum Reason {
  // every kind: Ready, Reconciling, Stalled
  READY("Ready", "The spec is realised and schedulable."),
  SUSPENDED("Suspended", "As asked by spec.suspend: no new runs start. Not an error."),
  RECONCILING("Reconciling", "The operator is still on its way."),
  DEPENDENCY_MISSING(
      "DependencyMissing",
      "A referenced resource does not exist (yet). It is waited for; after five minutes the resource is also Stalled."),
  DEPENDENCY_NOT_READY(
      "DependencyNotReady",
      "A referenced resource exists, but its own spec has a problem that must be mended there."),
  SECRET_MISSING(
      "SecretMissing", "A Secret, a ConfigMap or a key of it that the pod mounts does not exist."),
  INVALID_SPEC(
      "InvalidSpec",
      "Fields contradict each other or the source; the message names the field and what to write."),
  UNKNOWN_VALUE(
      "UnknownValue",
      "A field holds a value written for a newer version of Naru: upgrade the operator or change the field."),
  NAME_TAKEN("NameTaken", "An object of the name Naru needs exists and belongs to somebody else."),
  REFUSED(
      "Refused",
      "The API server refused an object that Naru has to create; the message is the server's."),

  // Connection: Reachable
  REACHABLE("Reachable", "The last probe opened a session and ran a statement."),
  NOT_PROBED("NotProbed", "No probe has ended yet."),
  PROBE_FAILED(
      "ProbeFailed",
      "The probe ended without a finding, for instance because its pod could not start."),
  HOST_UNKNOWN("HostUnknown", "The host name does not resolve."),
  CONNECTION_REFUSED("ConnectionRefused", "The host is there, but nothing listens on the port."),
  CONNECT_TIMEOUT(
      "ConnectTimeout", "The host did not answer in time; often a firewall or a network policy."),
  TLS_FAILED(
      "TlsFailed", "Encryption could not be agreed on, or the certificate was not accepted."),
  AUTHENTICATION_FAILED("AuthenticationFailed", "The server refused user name and password."),
  DATABASE_UNKNOWN("DatabaseUnknown", "The server has no database of that name."),
  SERVER_REFUSED(
      "ServerRefused",
      "The server refused the session for another reason, which the message gives."),

  // IngestionJob: RunHealthy, Degraded
  NEVER_RUN("NeverRun", "No run has ended yet."),
  PUBLISHED("Published", "The last run published its data."),
  CANCELLED("Cancelled", "The last run was cancelled by request."),
  TIMED_OUT("TimedOut", "The last run did not end within spec.timeout."),
  POD_NOT_STARTED(
      "PodNotStarted",
      "The pod of the run cannot start: image, mount, quota or no node; the message says which."),
  RUN_FAILED("RunFailed", "The last run failed; the message tells why and what to do next.");

  private final String text;
  private final String meaning;

  Reason(String text, String meaning) {
    this.text = text;
    this.meaning = meaning;
  }

  /** The reason of that text; empty for one of a worker or of another version. */
  public static Optional<Reason> of(String text) {
    return Arrays.stream(values()).filter(reason -> reason.text.equals(text)).findFirst();
  }

  /** What it means, in one sentence for the docs. */
  public String meaning() {
    return meaning;
  }

  /** The reason as written in a condition. */
  @Override
  public String toString() {
    return text;
  }
}
