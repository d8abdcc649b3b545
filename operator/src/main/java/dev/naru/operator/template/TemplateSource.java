package dev.naru.operator.template;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.NameRef;
import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.crds.v1alpha1.WorkloadTemplateSpec;
import dev.naru.operator.kube.Informers;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.IndexedResourceCache;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The WorkloadTemplates, for a kind that uses them: a change wakes exactly the resources it
 * concerns.
 *
 * @param <P> the kind
 */
public final class TemplateSource<P extends HasMetadata>
    extends InformerEventSource<WorkloadTemplate, P> {

  public static final List<Right> RIGHTS =
      List.of(
          Right.on(
              "naru.dev", "workloadtemplates", RESOURCES, "what counts for a pod", LIST, WATCH));

  private static final String BY_TEMPLATE = "template";

  private final Optional<WorkloadTemplateSpec> clusterDefault;
  private final Function<WorkloadTemplate, Set<ResourceID>> users;

  /**
   * For a kind whose resources use templates.
   *
   * @param clusterDefault the template that counts in the whole cluster
   * @param named what {@code spec.templateRef} of a resource names; empty where it names none
   */
  public static <P extends HasMetadata> TemplateSource<P> of(
      EventSourceContext<P> context,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Function<P, Optional<NameRef>> named) {
    var resources = context.getPrimaryCache();
    resources.addIndexer(
        BY_TEMPLATE, it -> named.apply(it).map(ref -> key(it, ref.name())).stream().toList());
    return new TemplateSource<>(context, clusterDefault, it -> users(it, resources));
  }

  /**
   * A source of a reconciler.
   *
   * @param users the resources that a template concerns
   */
  TemplateSource(
      EventSourceContext<P> context,
      Optional<WorkloadTemplateSpec> clusterDefault,
      Function<WorkloadTemplate, Set<ResourceID>> users) {
    super(
        Informers.of(WorkloadTemplate.class, context.getPrimaryResourceClass())
            .withOnUpdateFilter(Wakes::onChildSpec)
            .withSecondaryToPrimaryMapper(users::apply)
            // the templates of a resource are looked up by namespace
            .withPrimaryToSecondaryMapper((P _) -> Set.of())
            .build(),
        context);
    this.clusterDefault = clusterDefault;
    this.users = users;
  }

  /** The templates that may count in a namespace. */
  public Templates in(String namespace) {
    return new Templates(clusterDefault, list(namespace, _ -> true).toList());
  }

  /** Asks about the new object only: those that a default concerned would not hear that it ends. */
  @Override
  public void onUpdate(WorkloadTemplate before, WorkloadTemplate now) {
    super.onUpdate(before, now);
    if (Templates.isDefault(before) && !Templates.isDefault(now)) {
      users.apply(before).forEach(id -> getEventHandler().handleEvent(new Event(id)));
    }
  }

  /** A default concerns every resource of its namespace, another template those that name it. */
  private static <P extends HasMetadata> Set<ResourceID> users(
      WorkloadTemplate template, IndexedResourceCache<P> resources) {
    var concerned =
        Templates.isDefault(template)
            ? resources.list(template.getMetadata().getNamespace(), _ -> true)
            : resources
                .byIndex(BY_TEMPLATE, key(template, template.getMetadata().getName()))
                .stream();
    return concerned.map(ResourceID::fromResource).collect(Collectors.toSet());
  }

  private static String key(HasMetadata object, String name) {
    return object.getMetadata().getNamespace() + "/" + name;
  }
}
