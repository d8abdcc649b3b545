package dev.naru.worker.source;

import dev.naru.bigquery.ActionNeededFailure;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** User name and password of a Connection; never printed. */
public record Credentials(String username, String password) {

  private static final String HIDDEN = "(hidden)";

  /** A shorter password occurs in words by accident. */
  private static final int SHORTEST_HIDDEN = 4;

  /**
   * Reads the mounted files {@code username} and {@code password}; one line break at the end of a
   * file does not count.
   */
  public static Credentials read(Path folder) {
    return new Credentials(file(folder, "username"), file(folder, "password"));
  }

  private static String file(Path folder, String key) {
    try {
      return Files.readString(folder.resolve(key)).replaceFirst("\\r?\\n\\z", "");
    } catch (IOException e) {
      throw new ActionNeededFailure(
          SourceReason.AUTHENTICATION_FAILED,
          "The Secret of the Connection has no readable key '%s' (looked for %s). Add the keys 'username' and 'password' to the Secret named by authSecretRef."
              .formatted(key, folder.resolve(key)),
          e);
    }
  }

  /** A server's text without the password, which a proxy or an authentication module may repeat. */
  public String hide(String text) {
    if (password.length() < SHORTEST_HIDDEN) {
      return text;
    }
    return text.replace(password, HIDDEN)
        .replace(URLEncoder.encode(password, StandardCharsets.UTF_8), HIDDEN);
  }

  @Override
  public String toString() {
    return "Credentials[" + username + ", …]";
  }
}
