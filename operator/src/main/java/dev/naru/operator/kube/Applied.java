package dev.naru.operator.kube;

/** What became of one desired object. */
public sealed interface Applied {

  /** It was as desired; nothing was sent. */
  record Unchanged() implements Applied {}

  /** It did not exist. */
  record Created() implements Applied {}

  /** The desired state had changed. */
  record Updated() implements Applied {}

  /**
   * Someone else had changed what we own; it is as desired again.
   *
   * @param version resource version of the changed object
   */
  record Repaired(String version) implements Applied {}

  /** An object of that name exists and is not ours; it was left alone. */
  record Foreign(String kind, String name) implements Applied {}

  /**
   * The API server, or a policy in it, does not take it; nothing was written.
   *
   * @param why its words
   */
  record Refused(String kind, String name, String why) implements Applied {}

  /** Ours, but on its way out; its deletion wakes the reconciler. */
  record Deleting(String kind, String name) implements Applied {}
}
