package dev.naru.crds.v1alpha1;

/** What labels of pods look like, and which keys belong to somebody else. */
public final class LabelSyntax {

  /** Key of a label: a name, with the domain of its owner before it or without. */
  public static final String KEY =
      "^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$";

  /** Value of a label; may be empty. */
  public static final String VALUE = "^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$";

  /**
   * Keys by which controllers and GitOps tools find their own objects: on our pods they would make
   * someone else adopt, count or delete them.
   */
  public static final String RESERVED =
      "^(job-name|controller-uid|app[.]kubernetes[.]io/(managed-by|instance)"
          + "|([a-z0-9.-]+[.])?(naru[.]dev|batch[.]kubernetes[.]io|argoproj[.]io|fluxcd[.]io|helm[.]sh)/.*)$";

  private LabelSyntax() {}
}
