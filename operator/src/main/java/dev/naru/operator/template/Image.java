package dev.naru.operator.template;

/**
 * An image that a user names.
 *
 * @param path where it stands, for messages
 * @param name as in a Pod: with or without registry, tag and digest
 */
public record Image(String path, String name) {

  private static final String DOCKER = "docker.io";

  /** Whether it comes from a registry, or from a folder below one. */
  boolean within(String registry) {
    var full = full();
    return full.equals(registry) || full.startsWith(registry + "/");
  }

  /** With registry, without tag and digest: {@code nginx:1} is {@code docker.io/library/nginx}. */
  String full() {
    var digest = name.indexOf('@');
    var withTag = digest < 0 ? name : name.substring(0, digest);
    var tag = withTag.indexOf(':', withTag.lastIndexOf('/') + 1);
    var bare = tag < 0 ? withTag : withTag.substring(0, tag);
    var slash = bare.indexOf('/');
    if (slash < 0) {
      return DOCKER + "/library/" + bare;
    }
    var first = bare.substring(0, slash);
    if (first.equals("index." + DOCKER)) {
      return DOCKER + bare.substring(slash);
    }
    // without a dot or a port the first part is a folder of Docker's own registry
    return first.contains(".") || first.contains(":") || first.equals("localhost")
        ? bare
        : DOCKER + "/" + bare;
  }
}
