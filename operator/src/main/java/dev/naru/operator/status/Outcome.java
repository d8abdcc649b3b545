package dev.naru.operator.status;

/** How a reconcile ended; each becomes exactly one state of the conditions. */
public sealed interface Outcome {

  /** Why, as one word of a closed set. */
  String reason();

  /** For people; without clock, counter or random id, so that it is stable. */
  String message();

  /** The same, with more words. */
  default Outcome saying(String more) {
    return switch (this) {
      case Done done -> new Done(done.reason(), done.message() + more);
      case Wait wait -> new Wait(wait.reason(), wait.message() + more, wait.patient());
      case Fail fail -> new Fail(fail.reason(), fail.message() + more);
    };
  }

  /** The same, in other words. */
  default Outcome worded(String words) {
    return switch (this) {
      case Done done -> new Done(done.reason(), words);
      case Wait wait -> new Wait(wait.reason(), words, wait.patient());
      case Fail fail -> new Fail(fail.reason(), words);
    };
  }

  /** The declaration is realised. */
  record Done(String reason, String message) implements Outcome {
    public Done(Reason reason, String message) {
      this(reason.code(), message);
    }
  }

  /**
   * Something else has to happen first.
   *
   * @param patient whether it may last; otherwise it is Stalled after {@link Readiness#PATIENCE}
   */
  record Wait(String reason, String message, boolean patient) implements Outcome {

    /** A wait that ends by itself. */
    public static Wait on(Reason reason, String message) {
      return new Wait(reason.code(), message, true);
    }

    /** A wait that may need a person. */
    public static Wait onMissing(String message) {
      return new Wait(Reason.DEPENDENCY_MISSING.code(), message, false);
    }
  }

  /** A person must act: the message names the field, what is allowed and what to do. */
  record Fail(String reason, String message) implements Outcome {
    public Fail(Reason reason, String message) {
      this(reason.code(), message);
    }

    /**
     * A value that a newer version of Naru has stored.
     *
     * @param allowed what this version knows, for people
     */
    public static Fail unknownValue(String path, String allowed) {
      return new Fail(
          Reason.UNSUPPORTED_SPEC,
          path
              + ": the stored value is unknown to this version of Naru, which knows "
              + allowed
              + "; upgrade Naru or write one of these");
    }
  }
}
