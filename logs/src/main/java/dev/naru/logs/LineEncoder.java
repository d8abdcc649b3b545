package dev.naru.logs;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import java.nio.charset.StandardCharsets;

/** Logback's encoder: each event one line, as key=value text or as JSON. */
public final class LineEncoder extends EncoderBase<ILoggingEvent> {

  private static final byte[] NOTHING = {};

  private Format format = Format.TEXT;
  private boolean foreignMessages = true;

  /** Chosen by name in logback.xml: {@code text} or {@code json}. */
  public void setFormat(String name) {
    this.format = Format.of(name);
  }

  /**
   * Whether stack traces tell the messages of exceptions that are not Naru's own. In the worker
   * they do not: drivers put values of rows, and servers whatever they like, into them.
   */
  public void setForeignMessages(boolean told) {
    this.foreignMessages = told;
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    return (format.line(Fields.of(event, foreignMessages)) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
