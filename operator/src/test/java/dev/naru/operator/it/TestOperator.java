package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.Reconcilers;
import dev.naru.operator.ingestion.RunLedger;
import dev.naru.operator.it.ControlPlane.Account;
import dev.naru.operator.mart.FakeMarts;
import dev.naru.operator.mart.Warehouses;
import dev.naru.operator.metrics.ApiRequests;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import dev.naru.operator.runtime.ApiAccess;
import dev.naru.operator.runtime.Config;
import dev.naru.operator.runtime.OperatorProcess;
import dev.naru.operator.warehouse.WarehouseCheck;
import dev.naru.sql.SqlAnalyzer;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.OperatorException;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The operator as it ships, in one namespace, with its shipped rights and watched requests. */
final class TestOperator implements AutoCloseable {

  /** Which reconcilers run. */
  enum Part {
    WAREHOUSE,
    CONNECTION,
    INGESTION,
    TEMPLATE,
    MART,
    MODEL
  }

  final OperatorProcess process;
  private final Meters meters;
  private final Tap tap;

  TestOperator(
      String namespace,
      Tap tap,
      Clock clock,
      WarehouseCheck check,
      RunLedger ledger,
      Set<Part> parts) {
    this(namespace, tap, clock, new Meters("test", "none"), check, ledger, parts, Optional.empty());
  }

  /** As above, with meters that the check may use too, and a template for the whole cluster. */
  TestOperator(
      String namespace,
      Tap tap,
      Clock clock,
      Meters meters,
      WarehouseCheck check,
      RunLedger ledger,
      Set<Part> parts,
      Optional<WorkloadTemplateSpec> clusterDefault) {
    this(
        Map.of("NARU_WATCH_NAMESPACES", namespace),
        Account.LISTED,
        tap,
        clock,
        meters,
        check,
        ledger,
        parts,
        clusterDefault);
  }

  /** An operator with an environment of its own, added to what every test needs. */
  TestOperator(
      Map<String, String> environment,
      Account account,
      Tap tap,
      Clock clock,
      Meters meters,
      WarehouseCheck check,
      RunLedger ledger,
      Set<Part> parts) {
    this(environment, account, tap, clock, meters, check, ledger, parts, Optional.empty());
  }

  /**
   * As above, with a template for the whole cluster.
   *
   * @param environment added to what every test needs
   */
  TestOperator(
      Map<String, String> environment,
      Account account,
      Tap tap,
      Clock clock,
      Meters meters,
      WarehouseCheck check,
      RunLedger ledger,
      Set<Part> parts,
      Optional<WorkloadTemplateSpec> clusterDefault) {
    this(
        environment,
        account,
        tap,
        clock,
        meters,
        check,
        ledger,
        new FakeMarts(),
        SqlAnalyzer.NONE,
        parts,
        clusterDefault);
  }

  /** As above, with the warehouses that DataMarts are built in, and who reads their SQL. */
  TestOperator(
      Map<String, String> environment,
      Account account,
      Tap tap,
      Clock clock,
      Meters meters,
      WarehouseCheck check,
      RunLedger ledger,
      Warehouses marts,
      SqlAnalyzer analyzer,
      Set<Part> parts,
      Optional<WorkloadTemplateSpec> clusterDefault) {
    this.tap = tap;
    this.meters = meters;
    var all =
        new HashMap<>(
            Map.of(
                "NARU_WORKER_IMAGE", "naru-worker:dev",
                "NARU_LEADER_ELECTION", "false",
                "NARU_HTTP_PORT", "0",
                "NARU_METRICS_PER_RESOURCE", "true"));
    all.putAll(environment);
    var config = Config.from(all);
    var api =
        ApiAccess.of(() -> ControlPlane.get().config(account), tap, new ApiRequests(meters), clock);
    var made = Reconcilers.of(config, clusterDefault, api.client(), meters, clock);
    var reconcilers = new ArrayList<Reconciler<? extends HasMetadata>>();
    if (parts.contains(Part.WAREHOUSE)) {
      reconcilers.add(made.warehouses(check));
    }
    if (parts.contains(Part.CONNECTION)) {
      reconcilers.add(made.connections());
    }
    if (parts.contains(Part.INGESTION)) {
      reconcilers.add(made.ingestionJobs(ledger));
    }
    if (parts.contains(Part.TEMPLATE)) {
      reconcilers.add(made.templates());
    }
    if (parts.contains(Part.MART)) {
      reconcilers.add(made.dataMarts(marts, analyzer));
      reconcilers.add(made.backfills(marts));
    }
    if (parts.contains(Part.MODEL)) {
      reconcilers.add(made.modelServices(api.client(), PodMetricsDouble::look));
    }
    process =
        new OperatorProcess(
            config, api, meters, List.copyOf(reconcilers), made.caches(), () -> {}, clock);
    start();
  }

  private void start() {
    try {
      process.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (OperatorException e) {
      process.close();
      meters.close();
      throw e;
    }
  }

  static TestOperator ingestion(String namespace, Tap tap, Clock clock, RunLedger ledger) {
    return new TestOperator(
        namespace,
        tap,
        clock,
        _ -> new WarehouseCheck.Answer.Usable(),
        ledger,
        Set.of(Part.INGESTION));
  }

  static TestOperator models(String namespace, Tap tap, Clock clock) {
    return new TestOperator(
        namespace,
        tap,
        clock,
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        Set.of(Part.MODEL, Part.TEMPLATE));
  }

  static TestOperator marts(String namespace, Tap tap, Clock clock, Warehouses marts) {
    return marts(namespace, Account.LISTED, tap, clock, marts);
  }

  static TestOperator marts(
      String namespace, Account account, Tap tap, Clock clock, Warehouses marts) {
    return marts(namespace, account, tap, clock, marts, SqlAnalyzer.NONE, Set.of(Part.MART));
  }

  /** With marts whose SQL somebody reads, and the services that read them. */
  static TestOperator martsAndModels(
      String namespace, Tap tap, Clock clock, Warehouses marts, SqlAnalyzer analyzer) {
    return marts(
        namespace,
        Account.LISTED,
        tap,
        clock,
        marts,
        analyzer,
        Set.of(Part.MART, Part.MODEL, Part.TEMPLATE));
  }

  private static TestOperator marts(
      String namespace,
      Account account,
      Tap tap,
      Clock clock,
      Warehouses marts,
      SqlAnalyzer analyzer,
      Set<Part> parts) {
    return new TestOperator(
        Map.of("NARU_WATCH_NAMESPACES", namespace),
        account,
        tap,
        clock,
        new Meters("test", "none"),
        _ -> new WarehouseCheck.Answer.Usable(),
        (_, _) -> new RunLedger.Entry.Unknown("nobody should ask"),
        marts,
        analyzer,
        parts,
        Optional.empty());
  }

  /** How many reconciles of a kind have ended. */
  double reconciles(String kind) {
    return meters.recorded(Metric.RECONCILES, "kind", kind);
  }

  String scrape() {
    return meters.scrape();
  }

  /** Stops it; fails when the API server refused it anything, for then a right is missing. */
  @Override
  public void close() {
    process.close();
    meters.close();
    assertThat(tap.forbidden()).as("requests the operator has no right to").isEmpty();
  }
}
