package dev.naru.operator.connection;

import static dev.naru.operator.rights.Purpose.CHILDREN;
import static dev.naru.operator.rights.Purpose.OBSERVE;
import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.CREATE;
import static dev.naru.operator.rights.Verb.DELETE;
import static dev.naru.operator.rights.Verb.GET;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.PATCH;
import static dev.naru.operator.rights.Verb.UPDATE;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.Connection;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Applied;
import dev.naru.operator.kube.Applier;
import dev.naru.operator.kube.Children;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.pod.PodEvents;
import dev.naru.operator.pod.WorkerImage;
import dev.naru.operator.rights.Right;
import dev.naru.operator.status.Notices;
import dev.naru.operator.status.StatusWriter;
import dev.naru.operator.template.Asked;
import dev.naru.operator.template.TemplateSource;
import dev.naru.operator.template.Workload;
import dev.naru.operator.template.WorkloadResolver;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Probes a Connection by a Job of the worker image, once per change or request. */
@ControllerConfiguration(name = "connection", generationAwareEventProcessing = false)
public final class ConnectionReconciler implements Reconciler<Connection> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on("naru.dev", "connections", RESOURCES, "probes Connections", LIST, WATCH),
          Right.on("naru.dev", "connections/status", RESOURCES, "says what a probe found", PATCH),
          Right.on(
              "naru.dev",
              "connections/finalizers",
              CHILDREN,
              "owner references that block deletion, where the API server checks them (OpenShift)",
              UPDATE),
          Right.on(
              "",
              "configmaps",
              CHILDREN,
              "a probe's file: immutable, named by its content, deleted with the probe",
              CREATE,
              DELETE,
              GET,
              LIST,
              PATCH,
              WATCH),
          Right.on(
              "batch",
              "jobs",
              CHILDREN,
              "probes; those of an older spec are deleted",
              CREATE,
              DELETE,
              GET,
              LIST,
              WATCH),
          Right.on(
              "", "pods", OBSERVE, "a probe's answer is its termination message", LIST, WATCH));

  /** Why a pod does not start is told by Events, which wake nobody. */
  private static final Duration PENDING_RETRY = Duration.ofSeconds(5);

  /** Someone else's object tells us nothing when it goes: it is looked for. */
  private static final Duration NAME_TAKEN_RETRY = Duration.ofMinutes(1);

  /** Nor does a policy in the API server that is changed. */
  private static final Duration REFUSED_RETRY = Duration.ofMinutes(5);

  private final Applier applier;
  private final Notices notices;
  private final PodEvents podEvents;
  private final WorkerImage image;
  private final Optional<WorkloadTemplateSpec> clusterDefault;
  private final Clock clock;
  private InformerEventSource<Job, Connection> jobs;
  private InformerEventSource<ConfigMap, Connection> configMaps;
  private TemplateSource<Connection> templates;

  public ConnectionReconciler(
      Applier applier,
      Notices notices,
      PodEvents podEvents,
      WorkerImage image,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Clock clock) {
    this.clusterDefault = clusterDefault;
    this.applier = applier;
    this.notices = notices;
    this.podEvents = podEvents;
    this.image = image;
    this.clock = clock;
  }

  @Override
  public List<EventSource<?, Connection>> prepareEventSources(
      EventSourceContext<Connection> context) {
    jobs = children(Job.class, context);
    configMaps = children(ConfigMap.class, context);
    templates =
        // a Connection names no template
        TemplateSource.of(context, clusterDefault, _ -> Optional.empty());
    return List.of(jobs, configMaps, children(Pod.class, context), templates);
  }

  @Override
  public UpdateControl<Connection> reconcile(Connection connection, Context<Connection> context) {
    var source = SourceDocument.of(connection);
    var server = SourceDocument.server(connection);
    if (source.isEmpty() || server.isEmpty()) {
      return report(ConnectionVerdict.unsupported(connection, clock), context, Optional.empty());
    }
    if (ConnectionVerdict.recorded(connection)) {
      newest(connection, context).ifPresent(it -> removeOthers(connection, it, context));
      return UpdateControl.noUpdate();
    }
    return switch (workload(connection)) {
      case Workload.Unresolved unresolved ->
          report(
              ConnectionVerdict.held(connection, unresolved.outcome(), clock),
              context,
              Optional.empty());
      case Workload.Effective workload ->
          probe(
              connection,
              new ProbeManifests(connection, source.get(), server.get(), image, workload.pod()),
              context);
    };
  }

  /** A probe is a pod like those of the jobs to come: what is default for them is for it. */
  private Workload workload(Connection connection) {
    var namespace = connection.getMetadata().getNamespace();
    return WorkloadResolver.resolve(
        templates.in(namespace),
        new Asked(namespace, "pod", Optional.empty(), Optional.empty(), List.of()));
  }

  private UpdateControl<Connection> probe(
      Connection connection, ProbeManifests manifests, Context<Connection> context) {
    removeOthers(connection, manifests.name(), context);
    var applied = applier.apply(connection, manifests.probeFile(), configMaps);
    var created = ours(applied) ? applier.create(connection, manifests.probe(), jobs) : applied;
    return switch (created) {
      case Applied.Created _, Applied.Updated _, Applied.Repaired _, Applied.Unchanged _ ->
          follow(connection, manifests.name(), context);
      case Applied.Foreign foreign ->
          report(
              ConnectionVerdict.nameTaken(connection, foreign, clock),
              context,
              Optional.of(NAME_TAKEN_RETRY));
      case Applied.Refused refused ->
          report(
              ConnectionVerdict.refused(connection, refused, clock),
              context,
              Optional.of(REFUSED_RETRY));
      case Applied.Deleting deleting ->
          report(
              ConnectionVerdict.deleting(connection, deleting, clock), context, Optional.empty());
    };
  }

  private UpdateControl<Connection> follow(
      Connection connection, String name, Context<Connection> context) {
    var pods = context.getSecondaryResources(Pod.class);
    var job = jobs.get(id(connection, name));
    var probe = job.map(it -> Probe.of(it, pods, podEvents)).orElseGet(Probe.Running::new);
    var pending = job.filter(it -> Probe.pending(it, pods)).map(_ -> PENDING_RETRY);
    return report(ConnectionVerdict.of(connection, probe, clock), context, pending);
  }

  private UpdateControl<Connection> report(
      ConnectionVerdict verdict, Context<Connection> context, Optional<Duration> lookAgain) {
    var connection = verdict.connection();
    verdict.notices().forEach(notice -> notices.tell(connection, notice));
    StatusWriter.write(connection, verdict.status(), Connection::new, context);
    return Stream.concat(lookAgain.stream(), verdict.lookAgain().stream())
        .min(Comparator.naturalOrder())
        .map(delay -> UpdateControl.<Connection>noUpdate().rescheduleAfter(delay))
        .orElseGet(UpdateControl::noUpdate);
  }

  /** Probes of an earlier spec or request: what they found does not matter any more. */
  private void removeOthers(Connection connection, String name, Context<Connection> context) {
    Stream.concat(
            context.getSecondaryResources(Job.class).stream(),
            context.getSecondaryResources(ConfigMap.class).stream())
        .filter(it -> Children.controlledBy(it, connection) && !it.isMarkedForDeletion())
        .filter(it -> !it.getMetadata().getName().equals(name))
        .forEach(applier::delete);
  }

  /** The probe that gave the recorded answer: its log may be looked at. */
  private static Optional<String> newest(Connection connection, Context<Connection> context) {
    return context.getSecondaryResources(Job.class).stream()
        .filter(it -> Children.controlledBy(it, connection))
        .max(Comparator.comparing(it -> it.getMetadata().getCreationTimestamp()))
        .map(it -> it.getMetadata().getName());
  }

  private static boolean ours(Applied applied) {
    return switch (applied) {
      case Applied.Created _, Applied.Updated _, Applied.Repaired _, Applied.Unchanged _ -> true;
      case Applied.Foreign _, Applied.Deleting _, Applied.Refused _ -> false;
    };
  }

  private static ResourceID id(Connection connection, String name) {
    return new ResourceID(name, connection.getMetadata().getNamespace());
  }

  private static <C extends HasMetadata> InformerEventSource<C, Connection> children(
      Class<C> type, EventSourceContext<Connection> context) {
    return new InformerEventSource<>(Informers.children(type, Connection.class).build(), context);
  }
}
