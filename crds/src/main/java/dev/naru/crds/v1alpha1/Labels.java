package dev.naru.crds.v1alpha1;

/** Label keys on every object that Naru creates, and the value that marks them as ours. */
public final class Labels {

  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  /** Value of {@link #MANAGED_BY}, and the field manager of every server-side apply. */
  public static final String NARU = "naru";

  /** Kind of the resource the object belongs to. */
  public static final String KIND = "naru.dev/kind";

  /** Name of the resource the object belongs to. */
  public static final String NAME = "naru.dev/name";

  /** UID of the resource the object belongs to. */
  public static final String UID = "naru.dev/uid";

  /** On ConfigMaps that resources may take their SQL from. */
  public static final String INPUT = "naru.dev/input";

  /** On pods of a ModelService: which revision of it they are. */
  public static final String REVISION = "naru.dev/revision";

  /** On pods of a ModelService: which of its Deployments they belong to. */
  public static final String TRACK = "naru.dev/track";

  private Labels() {}
}
