package dev.naru.crds.v1alpha1;

/** Names every kind shares. */
public final class Api {

  public static final String GROUP = "naru.dev";
  public static final String VERSION = "v1alpha1";

  /** {@code kubectl get naru} lists every kind. */
  public static final String CATEGORY = "naru";

  /** A CronJob's name may have 52 characters; a requested Job appends {@code -m-<hash8>}. */
  public static final int MAX_NAME_LENGTH = 50;

  private Api() {}
}
