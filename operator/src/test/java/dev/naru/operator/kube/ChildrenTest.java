package dev.naru.operator.kube;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ChildrenTest {

  @Test
  void aNameIsBaseAndSuffix() {
    assertThat(Children.name("rental-db", "probe-12345678")).isEqualTo("rental-db-probe-12345678");
  }

  @Test
  void aNameThatWouldBeTooLongIsCutAndStaysUnique() {
    var one = Children.name("a".repeat(49) + "x", "probe-12345678");
    var other = Children.name("a".repeat(49) + "y", "probe-12345678");
    assertThat(one).hasSizeLessThanOrEqualTo(63).endsWith("-probe-12345678").isNotEqualTo(other);
  }

  @Test
  void theLongestIngestionJobKeepsItsName() {
    assertThat(Children.name("a".repeat(50), "m-12345678"))
        .isEqualTo("a".repeat(50) + "-m-12345678");
  }
}
