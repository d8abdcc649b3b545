package dev.naru.operator.it;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test on any unexpected ERROR and on any sign of a missing right. */
final class LogOracle extends AppenderBase<ILoggingEvent>
    implements BeforeEachCallback, AfterEachCallback {

  private final List<String> complaints = new CopyOnWriteArrayList<>();
  private volatile Optional<Pattern> expected = Optional.empty();

  /** What a test brings about itself may be complained about. */
  void expect(String regex) {
    expected = Optional.of(Pattern.compile(regex, Pattern.DOTALL));
  }

  @Override
  protected void append(ILoggingEvent event) {
    var text = event.getFormattedMessage();
    var cause = event.getThrowableProxy() == null ? "" : event.getThrowableProxy().getMessage();
    if (event.getLevel().isGreaterOrEqual(Level.ERROR)
        || (text + cause).contains("forbidden")
        || text.contains("code=403")) {
      complaints.add(event.getLevel() + " " + event.getLoggerName() + ": " + text + " " + cause);
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    start();
    root().addAppender(this);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    root().detachAppender(this);
    complaints.removeIf(it -> expected.filter(regex -> regex.matcher(it).find()).isPresent());
    if (!complaints.isEmpty()) {
      throw new AssertionError("the operator complained:\n" + String.join("\n", complaints));
    }
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
