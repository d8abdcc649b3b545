package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Pattern;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a class of tests when the operator has logged an error, or was refused a right, meanwhile.
 */
final class OperatorLog implements BeforeAllCallback, AfterAllCallback {

  private static final Pattern ERROR = Pattern.compile("\\bERROR\\b|\\b[Ff]orbidden\\b");

  @Override
  public void beforeAll(ExtensionContext context) {
    Operator.awaitReady();
  }

  @Override
  public void afterAll(ExtensionContext context) {
    Operator.awaitReady();
    assertThat(Operator.log().stream().filter(ERROR.asPredicate()))
        .as("errors in the operator's log")
        .isEmpty();
  }
}
