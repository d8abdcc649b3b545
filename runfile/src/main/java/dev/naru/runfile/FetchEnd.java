package dev.naru.runfile;

import java.util.Arrays;
import java.util.Optional;

/** How {@code worker fetch} ends: exit codes that the worker and the operator agree on. */
public enum FetchEnd {
  /** The files are there and are the declared ones. */
  DONE(0),
  /** By no fault of the declaration: another attempt may succeed. */
  FAILED(1),
  /** There is nothing under the URI. */
  NOT_FOUND(20),
  /** The pod's identity may not read it. */
  ACCESS_DENIED(21),
  /** What is there is not what the checksum names. */
  CHECKSUM_MISMATCH(22),
  /** The node has no room for it. */
  TOO_LARGE(23);

  private final int code;

  FetchEnd(int code) {
    this.code = code;
  }

  /** The process's exit code. */
  public int code() {
    return code;
  }

  /** The end that a code stands for; empty for one of another release, or of a killed process. */
  public static Optional<FetchEnd> of(int code) {
    return Arrays.stream(values()).filter(it -> it.code == code).findFirst();
  }
}
