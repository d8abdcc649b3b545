package dev.naru.runfile;

/**
 * What {@code worker probe} has to look at: one Connection.
 *
 * @param apiVersion {@link #API_VERSION}
 */
public record ProbeFile(String apiVersion, Database source) {

  /** The version of this document. */
  public static final String API_VERSION = "naru.dev/probe.v1";
}
