package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.operator.kube.Children;
import dev.naru.operator.model.rollout.RouteManifests;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The pods of a revision beside those that are rolled out, and their address: what the ModelService
 * stands for, under a name and labels of their own. Pure; golden YAML holds every field.
 */
final class CanaryManifests {

  static final String TRACK = "canary";

  private final ModelService service;
  private final ServingResolution.Resolved resolved;
  private final ServingManifests manifests;

  CanaryManifests(ModelService service, ServingResolution.Resolved resolved) {
    this.service = service;
    this.resolved = resolved;
    this.manifests = new ServingManifests(service, resolved);
  }

  /** Name of the declared revision. */
  String revision() {
    return manifests.revision();
  }

  String name() {
    return RouteManifests.canaryName(service, revision());
  }

  /**
   * The pods.
   *
   * @param replicas as many as are rolled out: in the end they answer all requests
   * @param fetcher image of what fetches the model
   */
  Deployment deployment(int replicas, String fetcher) {
    var deployment = manifests.deployment(Optional.empty(), fetcher);
    deployment.setMetadata(metadata());
    deployment.getSpec().setReplicas(replicas);
    deployment.getSpec().getSelector().setMatchLabels(selector());
    deployment.getSpec().getTemplate().getMetadata().getLabels().putAll(selector());
    return deployment;
  }

  Service service() {
    var address = manifests.service();
    address.setMetadata(metadata());
    address.getSpec().setSelector(selector());
    return address;
  }

  private Map<String, String> selector() {
    var selector = new TreeMap<>(PodManifests.selector(service));
    selector.put(Labels.TRACK, TRACK);
    selector.put(Labels.REVISION, revision());
    return selector;
  }

  private ObjectMeta metadata() {
    var metadata = Children.metadata(service, name(), resolved.pod().labels());
    metadata.getLabels().put(Labels.TRACK, TRACK);
    metadata.getLabels().put(Labels.REVISION, revision());
    return metadata;
  }
}
