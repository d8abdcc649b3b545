package dev.naru.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The hunt for secrets finds what it looks for, whatever stands around it. */
@Order(1)
class NeedleE2E {

  private static final Needle NEEDLE = new Needle("a password", "naruHunt7Password");

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "{\"password\":\"", "ü", "p=%2F'"})
  void foundAsItIsAndInBase64(String around) {
    var text = around + NEEDLE.core() + around;
    assertThat(NEEDLE.in(text)).isTrue();
    var base64 = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    assertThat(NEEDLE.in("x: " + base64 + "\n")).as(base64).isTrue();
    assertThat(NEEDLE.in(around + "naruHunt7Passwort" + around)).isFalse();
  }

  @Test
  void aHuntFailsWhereOneIsFoundAndSaysWhere() {
    var hunt = new Hunt(List.of(NEEDLE), Map.of("log", "begins"));
    hunt.search("log", "begins\npassword=" + NEEDLE.core() + " user=naru\n");
    assertThatThrownBy(hunt::expectNothing)
        .hasMessageContaining("a password in log: begins\npassword=(it) user=naru")
        .hasMessageNotContaining(NEEDLE.core());
  }

  @Test
  void aHuntFailsWhereAPlaceWasEmpty() {
    var hunt = new Hunt(List.of(NEEDLE), Map.of("log", "begins"));
    hunt.search("log", "");
    assertThatThrownBy(hunt::expectNothing).hasMessageContaining("places that were searched");
  }
}
