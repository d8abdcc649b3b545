package dev.naru.runfile;

import java.nio.file.Path;
import java.util.Map;

/** Paths and environment variables that the operator's manifests and the worker agree on. */
public final class Mounts {

  /** The {@link RunFile} of {@code worker run}. */
  public static final String RUN_FILE = "/etc/naru/run.json";

  /** The {@link ProbeFile} of {@code worker probe}. */
  public static final String PROBE_FILE = "/etc/naru/probe.json";

  /** Folder of the files {@code username} and {@code password}. */
  public static final String CREDENTIALS = "/var/run/naru/connection";

  /** The CA certificate, when the Connection names one. */
  public static final String CA = "/var/run/naru/ca/ca.crt";

  /** Where the result goes at the end; at most {@link RunResult#MAX_TERMINATION_BYTES}. */
  public static final String TERMINATION_LOG = "/dev/termination-log";

  /** Name of the Job the pod belongs to (label {@code batch.kubernetes.io/job-name}). */
  public static final String ENV_JOB_NAME = "NARU_JOB_NAME";

  /** UID of that Job (label {@code batch.kubernetes.io/controller-uid}). */
  public static final String ENV_JOB_UID = "NARU_JOB_UID";

  /** Name of the pod. */
  public static final String ENV_POD_NAME = "NARU_POD_NAME";

  /** Kind of request ({@code Run} or {@code FullRefresh}); empty for scheduled runs. */
  public static final String ENV_REQUEST = "NARU_REQUEST";

  /** Token of the request; empty for scheduled runs. */
  public static final String ENV_REQUEST_TOKEN = "NARU_REQUEST_TOKEN";

  /** Overrides {@link #TERMINATION_LOG}, for runs outside a pod. */
  public static final String ENV_TERMINATION_LOG = "NARU_TERMINATION_LOG";

  /** Where the files of a model are, for the container that answers and for {@code fetch}. */
  public static final String MODEL = "/model";

  /** What {@code worker fetch} fetches, {@code gs://…} or {@code https://…}. */
  public static final String ENV_MODEL_URI = "NARU_MODEL_URI";

  /** What its bytes must add up to, {@code sha256:…} or {@code crc32c:…}. */
  public static final String ENV_MODEL_CHECKSUM = "NARU_MODEL_CHECKSUM";

  /** Overrides {@link #MODEL}, for runs outside a pod. */
  public static final String ENV_MODEL_FOLDER = "NARU_MODEL_FOLDER";

  /** Root of a stand-in for Cloud Storage, which is never sent a credential. */
  public static final String ENV_STORAGE_ENDPOINT = "NARU_STORAGE_ENDPOINT";

  private Mounts() {}

  /** Where a process in this environment leaves its result. */
  public static Path terminationLog(Map<String, String> environment) {
    return Path.of(environment.getOrDefault(ENV_TERMINATION_LOG, TERMINATION_LOG));
  }
}
