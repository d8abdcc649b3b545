package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.crds.v1alpha1.RolloutStatus;
import dev.naru.operator.it.Chronicle.Moment;
import dev.naru.operator.it.Tap.Death;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.GRPCRoute;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPBackendRef;
import io.fabric8.kubernetes.api.model.gatewayapi.v1.HTTPRoute;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.javaoperatorsdk.operator.OperatorException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The operator dies at each of its writes for a ModelService, before it is sent and after it took
 * effect with the answer lost; its successor must bring everything to the same end. So must
 * operators that die after every write, status and Events among them, and one whose status is
 * wiped. On the way nobody may be sent to pods that do not answer, the pods that are rolled out
 * must stay, and what a canary has lost it does not get back: a verdict outlives whoever found it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ModelCrashIT {

  private static final int AT_A_TIME = 6;
  private static final String NAME = "price";
  private static final int PODS = 2;
  private static final List<Integer> STEPS = List.of(50, 100);

  /** What is told: how often depends on how fast the rest of the cluster is. */
  private static final Pattern WORDS = Pattern.compile("POST events.*|.*/status.*");

  /** What of it is told in each life: where the rollout is, and that it was taken back. */
  private static final Pattern NEWS = Pattern.compile(".*/status .+|POST events RolledBack");

  private static final Pattern GRPC = Pattern.compile(".*grpcroutes/.*|.*/status ROLLED_BACK.*");

  private static final Pattern CANARY = Pattern.compile(NAME + "-[0-9a-f]{8}");
  private static final Pattern WEIGHT =
      Pattern.compile("\"name\" ?: ?\"([^\"]+)\",[^}]*\"weight\" ?: ?([0-9]+)");
  private static final Pattern REASON = Pattern.compile("\"reason\" ?: ?\"([^\"]+)\"");

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Map<Story, Life> undisturbed = new EnumMap<>(Story.class);

  /** What a ModelService goes through while the operator dies, and what it comes to. */
  enum Story {
    /** The first revision, with an autoscaler. */
    CREATED("good", RolloutPhase.SETTLED),
    /** A better one takes all steps. */
    PROMOTED("better", RolloutPhase.SETTLED),
    /** One that fails is taken back. */
    ROLLED_BACK("errors", RolloutPhase.ROLLED_BACK),
    /** The same, for a service that speaks gRPC alone. */
    GRPC_ROLLED_BACK("errors", RolloutPhase.ROLLED_BACK),
    /** A third revision comes while the second one has its first share; counted from then on. */
    SUPERSEDED("best", RolloutPhase.SETTLED);

    private final String image;
    private final RolloutPhase end;

    Story(String image, RolloutPhase end) {
      this.image = image;
      this.end = end;
    }

    /** The image that answers in the end. */
    private String answering() {
      return end == RolloutPhase.ROLLED_BACK ? CREATED.image : image;
    }

    /** What a write that was not sent leaves is what the write before it has left. */
    private List<Death> deaths() {
      return switch (this) {
        case CREATED, PROMOTED, ROLLED_BACK -> List.of(Death.BEFORE, Death.AFTER);
        case GRPC_ROLLED_BACK, SUPERSEDED -> List.of(Death.AFTER);
      };
    }

    private Class<? extends HasMetadata> route() {
      return this == GRPC_ROLLED_BACK ? GRPCRoute.class : HTTPRoute.class;
    }
  }

  @BeforeAll
  static void gateway() {
    GatewayApi.install(ControlPlane.get().admin);
  }

  @ParameterizedTest
  @EnumSource
  void killedAtAnyWriteTheSuccessorComesToTheSameEnd(Story story) throws Exception {
    var undisturbed = undisturbed(story);
    var lives = new ArrayList<Callable<Life>>();
    for (var write : undisturbed.fatal()) {
      for (var death : story.deaths()) {
        lives.add(
            () -> new Life(story, death + " " + write).live(life -> life.mortal(death, write)));
      }
    }
    for (var life : all(lives)) {
      assertThat(life.deaths).as(life.name).isEqualTo(1);
      assertThat(life.end).as(life.name).isEqualTo(undisturbed.end);
    }
  }

  /** What metrics tell is forgotten by an operator that dies: a step would count anew for ever. */
  @ParameterizedTest
  @EnumSource(names = {"CREATED", "PROMOTED"})
  void operatorsThatDieAfterEveryWriteComeToTheSameEndTogether(Story story) throws Exception {
    var undisturbed = undisturbed(story);
    var many = new Life(story, "dying all the time").live(Life::mayfly);
    assertThat(many.deeds()).containsAll(undisturbed.deeds());
    assertThat(many.deaths).isGreaterThan(undisturbed.deeds().size());
    assertThat(many.end).isEqualTo(undisturbed.end);
  }

  @ParameterizedTest
  @EnumSource(names = {"CREATED", "PROMOTED", "ROLLED_BACK"})
  void aStatusThatIsWipedAtAnyPointCostsTheStepsAndNothingElse(Story story) throws Exception {
    var undisturbed = undisturbed(story);
    assertThat(undisturbed.stages).contains(undisturbed.end.stage());
    var lives = new ArrayList<Callable<Life>>();
    for (var stage : new LinkedHashSet<>(undisturbed.stages)) {
      lives.add(() -> new Life(story, "wiped at " + stage).wiping(stage).live(Life::watched));
    }
    for (var life : all(lives)) {
      assertThat(life.wiped).as(life.name).isTrue();
      assertThat(life.end).as(life.name).isEqualTo(undisturbed.end);
    }
  }

  private Life undisturbed(Story story) {
    return undisturbed.computeIfAbsent(
        story, it -> new Life(it, "undisturbed").live(Life::watched));
  }

  private static List<Life> all(List<Callable<Life>> lives) throws Exception {
    var lived = new ArrayList<Life>();
    try (var threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      for (var life : threads.invokeAll(lives)) {
        lived.add(life.get());
      }
    }
    return lived;
  }

  /** Where a rollout is; empty before anything was decided. */
  private static Optional<String> stage(ModelServiceStatus status) {
    return Optional.ofNullable(status)
        .map(ModelServiceStatus::rollout)
        .map(
            it ->
                it.phase()
                    + (it.step() == null ? "" : " " + it.step())
                    + (it.percent() == null ? "" : " at " + it.percent())
                    + (it.step() == null || it.since() != null ? "" : ", decided"));
  }

  /** What tells a write from others of the same path. */
  private static String details(String path, String body) {
    if (path.endsWith("/status")) {
      var status = Lenient.serialization().unmarshal(body, ModelService.class).getStatus();
      return stage(status).map(" "::concat).orElse("");
    }
    if (path.equals("events")) {
      return REASON.matcher(body).results().map(it -> " " + it.group(1)).findFirst().orElse("");
    }
    if (path.contains("routes/")) {
      return WEIGHT
          .matcher(body)
          .results()
          .map(it -> " %s %s".formatted(it.group(1), it.group(2)))
          .collect(Collectors.joining());
    }
    return body.contains("\"paused\":true") ? " paused" : "";
  }

  /** Everything that must be the same whatever happened on the way. */
  private record End(
      List<String> children,
      String image,
      boolean paused,
      String replicas,
      Map<String, Integer> weights,
      String stage,
      List<String> conditions,
      long repaired) {}

  /** One ModelService, from its beginning to its end. */
  private final class Life {

    private final Story story;
    private final String name;
    private final String namespace = ControlPlane.get().namespace();
    private final ShiftedClock clock = new ShiftedClock();
    private final List<String> writes = new CopyOnWriteArrayList<>();
    private final List<String> stages = new CopyOnWriteArrayList<>();
    private final List<String> canaries = new CopyOnWriteArrayList<>();
    private Optional<String> wipeAt = Optional.empty();
    private volatile boolean wiped;
    private volatile boolean begun;
    private int deaths;
    private End end;

    Life(Story story, String name) {
      this.story = story;
      this.name = name;
    }

    /** The status is wiped when it shows this for the first time. */
    Life wiping(String stage) {
      wipeAt = Optional.of(stage);
      return this;
    }

    /** An operator that lives on. */
    Tap watched() {
      return new Tap(Death.NEVER, this::counts);
    }

    /** The first operator dies at a write, its successors live on. */
    Tap mortal(Death death, String write) {
      return deaths > 0 ? watched() : new Tap(death, it -> counts(it) && title(it).equals(write));
    }

    /** What was written, but for what was told. */
    Set<String> deeds() {
      return writes.stream()
          .filter(it -> !WORDS.matcher(it).matches())
          .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Where operators die: at every write that is not the same in another story. */
    Set<String> fatal() {
      var all =
          writes.stream()
              .filter(it -> !WORDS.matcher(it).matches() || NEWS.matcher(it).matches())
              .collect(Collectors.toCollection(LinkedHashSet::new));
      switch (story) {
        case CREATED -> all.retainAll(deeds());
        // a step forward
        case PROMOTED -> all.removeIf(it -> !deeds().contains(it) && !it.contains("RUNNING 1"));
        case ROLLED_BACK -> {}
        case GRPC_ROLLED_BACK -> all.removeIf(it -> !GRPC.matcher(it).matches());
        // until the third revision stands where the second one stood
        case SUPERSEDED ->
            all.retainAll(all.stream().takeWhile(it -> !it.contains("RUNNING 1")).toList());
      }
      return all;
    }

    /** A write as it is called in all lives: a revision has another name in each. */
    private String title(HttpRequest request) {
      var path = request.uri().getPath().replaceFirst(".*/namespaces/[^/]+/", "");
      var body = Objects.requireNonNullElse(request.bodyString(), "");
      return CANARY
          .matcher(request.method() + " " + path + details(path, body))
          .replaceAll(it -> NAME + "-canary" + ordinal(it.group()));
    }

    private synchronized int ordinal(String canary) {
      if (!canaries.contains(canary)) {
        canaries.add(canary);
      }
      return canaries.indexOf(canary) + 1;
    }

    /** An operator that lives for one write. What somebody has written before is refused. */
    Tap mayfly() {
      return new Tap(Death.AFTER_EFFECT, this::counts);
    }

    private boolean counts(HttpRequest write) {
      var title = title(write);
      if (begun) {
        writes.add(title);
      }
      return begun;
    }

    Life live(Function<Life, Tap> taps) {
      create();
      try (var _ = new ServingNode(admin, namespace);
          var _ = new GatewayApi(admin, namespace);
          var chronicle =
              new Chronicle(
                  admin,
                  namespace,
                  List.of(
                      ModelService.class,
                      Deployment.class,
                      ReplicaSet.class,
                      Service.class,
                      story.route()));
          var _ = admin.resources(ModelService.class).inNamespace(namespace).watch(new Stages());
          // what wakes when a clock is set looks again each second
          var _ = new Rounds(Duration.ofMillis(500), () -> clock.advance(Duration.ofSeconds(6)))) {
        if (story == Story.CREATED) {
          begun = true;
        }
        while (dies(taps.apply(this))) {
          deaths++;
        }
        try (var operator = TestOperator.models(namespace, Tap.recording(), clock)) {
          Await.until(name + ": reconciled", () -> operator.reconciles("ModelService") > 0);
          Await.until(name + ": the end", this::ended);
        }
        end = end();
        var witness = new Witness(name, story.route(), wipeAt.isEmpty());
        chronicle.tell(witness::see);
      }
      admin.namespaces().withName(namespace).delete();
      return this;
    }

    private boolean dies(Tap tap) {
      try (var _ = TestOperator.models(namespace, tap, clock)) {
        if (!begun) {
          Await.until(name + ": serving", this::serving);
          if (story == Story.SUPERSEDED) {
            declare(Story.PROMOTED.image, "1h");
            Await.until(name + ": the first share", () -> stage("RUNNING 0 at 50"));
          }
          begun = true;
          declare(story.image, "10s");
        }
        Await.until(name + ": end or death", () -> tap.dead() || ended());
      } catch (OperatorException e) {
        if (!tap.dead()) {
          throw e;
        }
      }
      return tap.dead();
    }

    private void create() {
      var analysis = story.end == RolloutPhase.ROLLED_BACK ? ", analysis: {minRequests: 500}" : "";
      var rollout =
          "  rollout: {gatewayRef: {name: public}, steps: %s, interval: 10s%s}\n"
              .formatted(STEPS, analysis);
      var service =
          Samples.read(
              ModelService.class, Lenient.serialization().asYaml(Samples.modelService()) + rollout);
      if (story.route() == GRPCRoute.class) {
        service =
            Samples.read(
                ModelService.class,
                """
                apiVersion: naru.dev/v1alpha1
                kind: ModelService
                metadata: {name: price}
                spec:
                  image: registry.example.com/models/price:good
                  ports: [{name: grpc, containerPort: 9000, protocol: GRPC}, {name: metrics, containerPort: 9090, protocol: HTTP}]
                  replicas: 2
                """
                    + rollout);
      }
      service.getMetadata().setNamespace(namespace);
      admin.resource(service).create();
    }

    private void declare(String image, String interval) {
      admin
          .resource(service())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\": {\"image\": \"registry.example.com/models/price:%s\", \"rollout\": {\"interval\": \"%s\"}}}"
                  .formatted(image, interval));
    }

    private boolean stage(String stage) {
      return ModelCrashIT.stage(service().getStatus()).filter(stage::equals).isPresent();
    }

    /** Learns where the rollout is, and wipes that. */
    private final class Stages implements Watcher<ModelService> {
      @Override
      public void eventReceived(Action action, ModelService service) {
        var stage = ModelCrashIT.stage(service.getStatus());
        stage.ifPresent(stages::add);
        if (stage.isPresent() && stage.equals(wipeAt) && !wiped) {
          wiped = true;
          Thread.ofVirtual().start(this::wipe);
        }
      }

      private void wipe() {
        admin
            .resource(service())
            .subresource("status")
            .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\": null}");
      }

      @Override
      public void onClose(WatcherException cause) {
        throw new IllegalStateException("nobody sees the stages any more", cause);
      }
    }

    private boolean serving() {
      var service = service();
      return service.getMetadata().getGeneration().equals(service.getStatus().observedGeneration())
          && "2/2".equals(service.getStatus().replicas())
          && reason(service).equals("Serving")
          && weights().equals(Map.of(NAME, 100));
    }

    private boolean ended() {
      var service = service();
      var status = service.getStatus();
      return begun
          && (wipeAt.isEmpty() || wiped)
          && service.getMetadata().getGeneration().equals(status.observedGeneration())
          && status.rollout().phase() == story.end
          && status.image().endsWith(":" + story.answering())
          && "2/2".equals(status.replicas())
          && reason(service)
              .equals(story.end == RolloutPhase.ROLLED_BACK ? "RolledBack" : "Serving")
          && weights().equals(Map.of(NAME, 100))
          && names(Deployment.class).equals(List.of(NAME))
          && names(Service.class).equals(List.of(NAME));
    }

    private End end() {
      var deployment = admin.apps().deployments().inNamespace(namespace).withName(NAME).get();
      var service = service();
      return new End(
          Stream.of(
                  Deployment.class,
                  Service.class,
                  story.route(),
                  HorizontalPodAutoscaler.class,
                  PodDisruptionBudget.class,
                  NetworkPolicy.class)
              .map(it -> it.getSimpleName() + " " + names(it))
              .toList(),
          deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage(),
          Boolean.TRUE.equals(deployment.getSpec().getPaused()),
          service.getStatus().replicas(),
          weights(),
          ModelCrashIT.stage(service.getStatus()).orElseThrow(),
          service.getStatus().conditions().stream()
              .map(it -> it.type() + " " + it.status() + " " + it.reason())
              .sorted()
              .toList(),
          admin.v1().events().inNamespace(namespace).list().getItems().stream()
              .filter(it -> it.getReason().equals("Repaired"))
              .count());
    }

    private <T extends HasMetadata> List<String> names(Class<T> kind) {
      return admin.resources(kind).inNamespace(namespace).list().getItems().stream()
          .map(it -> it.getMetadata().getName())
          .sorted()
          .toList();
    }

    private Map<String, Integer> weights() {
      return ModelCrashIT.weights(
          admin.resources(story.route()).inNamespace(namespace).withName(NAME).get());
    }

    private ModelService service() {
      return admin.resources(ModelService.class).inNamespace(namespace).withName(NAME).get();
    }
  }

  private static String reason(ModelService service) {
    return service.getStatus().conditions().stream()
        .filter(it -> it.type().equals("Ready"))
        .map(Condition::reason)
        .findFirst()
        .orElse("");
  }

  private static Map<String, Integer> weights(HasMetadata route) {
    return switch (route) {
      case HTTPRoute http ->
          http.getSpec().getRules().stream()
              .flatMap(it -> it.getBackendRefs().stream())
              .collect(Collectors.toMap(HTTPBackendRef::getName, HTTPBackendRef::getWeight));
      case GRPCRoute grpc ->
          grpc.getSpec().getRules().stream()
              .flatMap(it -> it.getBackendRefs().stream())
              .collect(Collectors.toMap(GRPCBackendRef::getName, GRPCBackendRef::getWeight));
      default -> throw new IllegalArgumentException(route.getKind());
    };
  }

  /** Looks at every moment of a life. */
  private static final class Witness {

    private final String life;
    private final Class<? extends HasMetadata> route;
    private final boolean remembered;
    private final Set<String> lost = new HashSet<>();
    private boolean complete;
    private boolean proven;
    private Map<String, Integer> before = Map.of();
    private Optional<RolloutStatus> told = Optional.empty();

    /**
     * A witness.
     *
     * @param remembered whether the status was never lost
     */
    Witness(String life, Class<? extends HasMetadata> route, boolean remembered) {
      this.life = life;
      this.route = route;
      this.remembered = remembered;
    }

    void see(Moment now) {
      var weights = now.get(route, NAME).map(ModelCrashIT::weights).orElse(Map.of());
      now.get(Deployment.class, NAME).ifPresent(it -> stable(now, it, weights));
      weights.forEach((name, weight) -> canary(now, name, weight));
      before.keySet().stream()
          .filter(it -> !weights.containsKey(it))
          .forEach(it -> assertThat(now.get(Deployment.class, it)).as(life).isPresent());
      if (remembered) {
        verdict(weights, now.get(ModelService.class, NAME).map(ModelService::getStatus));
      }
      before = weights;
    }

    /**
     * A share is given when it is written down that it shall be, and told when it is given; what a
     * canary has lost, or is to lose, it does not get back.
     */
    private void verdict(Map<String, Integer> weights, Optional<ModelServiceStatus> status) {
      var rollout = status.map(ModelServiceStatus::rollout);
      weights.forEach(
          (name, weight) -> {
            if (!name.equals(NAME) && weight > before.getOrDefault(name, 0)) {
              assertThat(lost).as("%s: gets %d %% again", life, weight).doesNotContain(name);
              assertThat(rollout)
                  .as("%s: %s gets %d %%, and that is not written down", life, name, weight)
                  .isPresent();
              assertThat(NAME + "-" + rollout.get().revision()).as(life).isEqualTo(name);
              assertThat(rollout.get().step()).as(life).isEqualTo(STEPS.indexOf(weight));
            }
          });
      before.forEach(
          (name, weight) -> {
            if (!name.equals(NAME) && weights.getOrDefault(name, 0) < weight) {
              lost.add(name);
            }
          });
      rollout
          .filter(it -> it.phase() == RolloutPhase.ROLLED_BACK)
          .ifPresent(it -> lost.add(NAME + "-" + it.revision()));
      rollout
          .filter(
              it ->
                  it.percent() != null
                      && !told.map(RolloutStatus::percent)
                          .equals(rollout.map(RolloutStatus::percent)))
          .ifPresent(
              it ->
                  assertThat(it.percent())
                      .as("%s: what is told of the share", life)
                      .isEqualTo(weights.getOrDefault(NAME + "-" + it.revision(), 0)));
      told = rollout;
    }

    /** What is rolled out keeps its pods, and is replaced under the cover of what is proven. */
    private void stable(Moment now, Deployment stable, Map<String, Integer> weights) {
      if (complete) {
        assertThat(available(stable)).as("%s: pods of %s", life, NAME).isGreaterThanOrEqualTo(PODS);
        assertThat(stable.getSpec().getReplicas()).as(life).isGreaterThanOrEqualTo(PODS);
      }
      complete |= available(stable) >= PODS;
      var canary =
          weights.entrySet().stream()
              .filter(it -> !it.getKey().equals(NAME))
              .mapToInt(Map.Entry::getValue)
              .sum();
      proven |= canary == 100;
      if (replaced(now, stable)) {
        assertThat(proven).as("%s: %s replaced without a proof", life, NAME).isTrue();
        assertThat(canary == 100 || !remembered || updated(stable))
            .as("%s: %s replaced without cover", life, NAME)
            .isTrue();
      }
    }

    /** Whoever gets requests is there to answer them, all of them when it gets the first. */
    private void canary(Moment now, String name, int weight) {
      if (weight == 0 || name.equals(NAME)) {
        return;
      }
      assertThat(now.get(Service.class, name)).as("%s: Service %s", life, name).isPresent();
      var pods = now.get(Deployment.class, name).map(Witness::available).orElse(0);
      assertThat(pods)
          .as("%s: pods of %s, which gets %d %%", life, name, weight)
          .isGreaterThanOrEqualTo(before.containsKey(name) ? 1 : PODS);
    }

    private static boolean replaced(Moment now, Deployment stable) {
      return now.all(ReplicaSet.class)
          .filter(it -> it.getSpec().getReplicas() > 0)
          .filter(
              it ->
                  it.getMetadata().getOwnerReferences().stream()
                      .anyMatch(owner -> owner.getUid().equals(stable.getMetadata().getUid())))
          .map(it -> it.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage())
          .anyMatch(it -> !it.endsWith(":" + Story.CREATED.image));
    }

    /** Whether all pods are of the newest revision, and answer. */
    private static boolean updated(Deployment stable) {
      var status = stable.getStatus();
      return stable.getMetadata().getGeneration().equals(status.getObservedGeneration())
          && Objects.equals(status.getUpdatedReplicas(), status.getReplicas())
          && available(stable) >= PODS;
    }

    private static int available(Deployment deployment) {
      return Optional.ofNullable(deployment.getStatus())
          .map(DeploymentStatus::getAvailableReplicas)
          .orElse(0);
    }
  }
}
