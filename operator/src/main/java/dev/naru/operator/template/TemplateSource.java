package dev.naru.operator.template;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.LIST;
import static dev.naru.operator.rights.Verb.WATCH;

import dev.naru.crds.v1alpha1.WorkloadTemplate;
import dev.naru.operator.kube.Wakes;
import dev.naru.operator.rights.Right;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.Event;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

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

  private final Function<WorkloadTemplate, Set<ResourceID>> users;

  /**
   * A source of a reconciler.
   *
   * @param name unique among all sources
   * @param users the resources that a template concerns
   */
  public TemplateSource(
      String name,
      EventSourceContext<P> context,
      Function<WorkloadTemplate, Set<ResourceID>> users) {
    super(
        InformerEventSourceConfiguration.from(
                WorkloadTemplate.class, context.getPrimaryResourceClass())
            .withName(name)
            .withOnUpdateFilter(Wakes::onChildSpec)
            .withSecondaryToPrimaryMapper(users::apply)
            // the templates of a resource are looked up by namespace
            .withPrimaryToSecondaryMapper((P _) -> Set.of())
            .build(),
        context);
    this.users = users;
  }

  /** The templates of a namespace. */
  public List<WorkloadTemplate> in(String namespace) {
    return list(namespace, _ -> true).toList();
  }

  /** Asks about the new object only: those that a default concerned would not hear that it ends. */
  @Override
  public void onUpdate(WorkloadTemplate before, WorkloadTemplate now) {
    super.onUpdate(before, now);
    if (Templates.isDefault(before) && !Templates.isDefault(now)) {
      users.apply(before).forEach(id -> getEventHandler().handleEvent(new Event(id)));
    }
  }
}
