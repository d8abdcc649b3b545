package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.operator.InstallationCheck;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.it.TestOperator.Part;
import dev.naru.operator.kube.Clients;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.warehouse.WarehouseCheck;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What {@code helm test} runs, with the rights it has there. */
@ExtendWith(LogOracle.class)
final class InstallationCheckIT {

  private final String home = ControlPlane.get().home(Account.LISTED);

  private final ByteArrayOutputStream said = new ByteArrayOutputStream();

  @Test
  void anOperatorThatWorksIsFoundToWork() {
    try (var operator =
        new TestOperator(
            Map.of(
                "NARU_WATCH_NAMESPACES",
                ControlPlane.get().namespace(),
                "NARU_NAMESPACE",
                home,
                "NARU_LEADER_ELECTION",
                "true"),
            Account.LISTED,
            Tap.recording(),
            Clock.systemUTC(),
            new Meters("test", "none"),
            _ -> new WarehouseCheck.Answer.Usable(),
            (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
            EnumSet.allOf(Part.class))) {
      var url = URI.create("http://127.0.0.1:" + operator.process.httpPort());
      assertThat(works(url, Duration.ofMinutes(1))).as(said()).isTrue();
      assertThat(said())
          .isEqualTo(
              "ok     resource definitions\nok     operator at " + url + "\nok     leader\n");
    }
  }

  @Test
  void oneThatDoesNotIsNotAndTheReasonIsSaid() {
    assertThat(works(URI.create("http://127.0.0.1:1"), Duration.ZERO)).isFalse();
    assertThat(said())
        .contains("ok     resource definitions\n")
        .contains("FAILED operator at http://127.0.0.1:1: no answer (")
        .contains("FAILED leader: nobody renews lease naru-operator in namespace " + home);
  }

  private boolean works(URI url, Duration patience) {
    try (var client = Clients.of(ControlPlane.get().operatorConfig())) {
      return new InstallationCheck(
              client, patience, new PrintStream(said, true, StandardCharsets.UTF_8))
          .works(url, Optional.of(home));
    }
  }

  private String said() {
    return said.toString(StandardCharsets.UTF_8);
  }
}
