package dev.naru.runfile;

import java.util.List;
import java.util.Optional;

/**
 * What {@code worker probe} found, as the pod's termination message.
 *
 * @param apiVersion {@link #API_VERSION}
 * @param reachable whether a session could be opened and a statement run
 * @param reason {@code Reachable}, or why not (closed set, CamelCase: {@code HostUnknown}, {@code
 *     ConnectionRefused}, {@code ConnectTimeout}, {@code TlsFailed}, {@code AuthenticationFailed},
 *     {@code DatabaseUnknown}, {@code ServerRefused})
 * @param message for people, with what to do next
 * @param serverVersion e.g. {@code PostgreSQL 15.18}
 * @param role {@code Primary} or {@code Replica}
 * @param warnings what works but not as well as it could, e.g. a missing grant with its statement
 */
public record ProbeResult(
    String apiVersion,
    boolean reachable,
    String reason,
    String message,
    Optional<String> serverVersion,
    Optional<String> role,
    List<String> warnings) {

  /** The version of this document. */
  public static final String API_VERSION = "naru.dev/probe-result.v1";

  public ProbeResult {
    warnings = List.copyOf(warnings == null ? List.of() : warnings);
  }
}
