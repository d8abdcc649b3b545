package dev.naru.runfile;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The one hash behind deterministic names and ids. */
public final class Hashes {

  private Hashes() {}

  /** SHA-256 of the parts joined by NUL, as 64 lower-case hex digits. */
  public static String sha256Hex(String... parts) {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of()
          .formatHex(digest.digest(String.join("\0", parts).getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java runtime has SHA-256", e);
    }
  }
}
