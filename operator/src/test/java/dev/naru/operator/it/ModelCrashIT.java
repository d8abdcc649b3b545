package dev.naru.operator.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.naru.crds.Lenient;
import dev.naru.crds.v1alpha1.Condition;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.ModelServiceStatus;
import dev.naru.crds.v1alpha1.RolloutPhase;
import dev.naru.operator.it.Chronicle.Moment;
import dev.naru.operator.it.Tap.Death;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentStatus;
import io.fabric8.kubernetes.api.model.apps.ReplicaSet;
import io.fabric8.kubernetes.api.model.autoscaling.v2.HorizontalPodAutoscaler;
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
 * wiped. On the way nobody may be sent to pods that do not answer, and the pods that are rolled out
 * must stay.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ModelCrashIT {

  private static final int AT_A_TIME = 6;
  private static final String NAME = "price";
  private static final int PODS = 2;

  /** What is told: how often depends on how fast the rest of the cluster is. */
  private static final Pattern WORDS = Pattern.compile("POST events|.*/status");

  private static final Pattern CANARY = Pattern.compile(NAME + "-[0-9a-f]{8}");
  private static final Pattern WEIGHT = Pattern.compile("\"weight\" ?: ?([0-9]+)");

  private final KubernetesClient admin = ControlPlane.get().admin;
  private final Map<Story, Life> undisturbed = new EnumMap<>(Story.class);

  /** What a ModelService goes through while the operator dies, and what it comes to. */
  enum Story {
    /** The first revision, with an autoscaler. */
    CREATED("good", RolloutPhase.SETTLED),
    /** A better one takes all steps. */
    PROMOTED("better", RolloutPhase.SETTLED),
    /** One that fails is taken back. */
    ROLLED_BACK("errors", RolloutPhase.ROLLED_BACK);

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
    for (var write : undisturbed.deeds()) {
      for (var death : List.of(Death.BEFORE, Death.AFTER)) {
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
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ROLLED_BACK")
  void operatorsThatDieAfterEveryWriteComeToTheSameEndTogether(Story story) throws Exception {
    var undisturbed = undisturbed(story);
    var many = new Life(story, "dying all the time").live(Life::mayfly);
    assertThat(many.deeds()).containsAll(undisturbed.deeds());
    assertThat(many.deaths).isGreaterThan(undisturbed.deeds().size());
    assertThat(many.end).isEqualTo(undisturbed.end);
  }

  @ParameterizedTest
  @EnumSource
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
        .map(it -> it.phase() + (it.step() == null ? "" : " " + it.step()));
  }

  /** A write as it is called in all lives: a revision has another name in each. */
  private static String title(HttpRequest request) {
    var path = request.uri().getPath().replaceFirst(".*/namespaces/[^/]+/", "");
    var body = Objects.requireNonNullElse(request.bodyString(), "");
    var details =
        path.startsWith("httproutes")
            ? WEIGHT.matcher(body).results().map(it -> " " + it.group(1))
            : Stream.of(body.contains("\"paused\":true") ? " paused" : "");
    return CANARY.matcher(request.method() + " " + path).replaceAll(NAME + "-canary")
        + details.collect(Collectors.joining());
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

    /** An operator that lives for one write. What somebody has written before is refused. */
    Tap mayfly() {
      return new Tap(Death.AFTER_EFFECT, this::counts);
    }

    private boolean counts(HttpRequest write) {
      if (begun) {
        writes.add(title(write));
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
                  List.of(Deployment.class, ReplicaSet.class, Service.class, HTTPRoute.class));
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
        var witness = new Witness(name, wipeAt.isEmpty());
        chronicle.tell(witness::see);
      }
      admin.namespaces().withName(namespace).delete();
      return this;
    }

    private boolean dies(Tap tap) {
      try (var _ = TestOperator.models(namespace, tap, clock)) {
        if (!begun) {
          Await.until(name + ": serving", this::serving);
          begun = true;
          declare();
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
      var yaml = Lenient.serialization().asYaml(Samples.modelService());
      var analysis = story == Story.ROLLED_BACK ? ", analysis: {minRequests: 500}" : "";
      var service =
          Samples.read(
              ModelService.class,
              yaml
                  + "  rollout: {gatewayRef: {name: public}, steps: [50, 100], interval: 10s%s}\n"
                      .formatted(analysis));
      service.getMetadata().setNamespace(namespace);
      admin.resource(service).create();
    }

    private void declare() {
      admin
          .resource(service())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"spec\": {\"image\": \"registry.example.com/models/price:%s\"}}"
                  .formatted(story.image));
    }

    /** Learns where the rollout is, and wipes that. */
    private final class Stages implements Watcher<ModelService> {
      @Override
      public void eventReceived(Action action, ModelService service) {
        var stage = stage(service.getStatus());
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
          && reason(service).equals(story == Story.ROLLED_BACK ? "RolledBack" : "Serving")
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
                  HTTPRoute.class,
                  HorizontalPodAutoscaler.class,
                  PodDisruptionBudget.class,
                  NetworkPolicy.class)
              .map(it -> it.getSimpleName() + " " + names(it))
              .toList(),
          deployment.getSpec().getTemplate().getSpec().getContainers().getFirst().getImage(),
          Boolean.TRUE.equals(deployment.getSpec().getPaused()),
          service.getStatus().replicas(),
          weights(),
          stage(service.getStatus()).orElseThrow(),
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
          admin.resources(HTTPRoute.class).inNamespace(namespace).withName(NAME).get());
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

  private static Map<String, Integer> weights(HTTPRoute route) {
    return route.getSpec().getRules().stream()
        .flatMap(it -> it.getBackendRefs().stream())
        .collect(Collectors.toMap(HTTPBackendRef::getName, HTTPBackendRef::getWeight));
  }

  /** Looks at every moment of a life. */
  private static final class Witness {

    private final String life;
    private final boolean remembered;
    private boolean complete;
    private boolean proven;
    private Map<String, Integer> before = Map.of();

    /**
     * A witness.
     *
     * @param remembered whether the status was never lost
     */
    Witness(String life, boolean remembered) {
      this.life = life;
      this.remembered = remembered;
    }

    void see(Moment now) {
      var weights = now.get(HTTPRoute.class, NAME).map(ModelCrashIT::weights).orElse(Map.of());
      now.get(Deployment.class, NAME).ifPresent(it -> stable(now, it, weights));
      weights.forEach((name, weight) -> canary(now, name, weight));
      before.keySet().stream()
          .filter(it -> !weights.containsKey(it))
          .forEach(it -> assertThat(now.get(Deployment.class, it)).as(life).isPresent());
      before = weights;
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
