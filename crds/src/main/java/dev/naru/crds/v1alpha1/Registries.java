package dev.naru.crds.v1alpha1;

/** How a policy names where images come from. */
public final class Registries {

  /** A host with a dot or a port, and folders below it. */
  public static final String PATTERN =
      "^(localhost(:[0-9]{1,5})?|[a-z0-9-]+([.][a-z0-9-]+)+(:[0-9]{1,5})?|[a-z0-9-]+:[0-9]{1,5})"
          + "(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$";

  private Registries() {}
}
