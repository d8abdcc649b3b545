package dev.naru.operator.model;

import dev.naru.crds.v1alpha1.ModelService;
import dev.naru.crds.v1alpha1.Peer;
import dev.naru.crds.v1alpha1.PodSettings;
import dev.naru.crds.v1alpha1.Selector;
import dev.naru.crds.v1alpha1.ServingPort;
import dev.naru.operator.kube.Children;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import java.util.ArrayList;
import java.util.List;

/** Who may call a ModelService, and whom it may call. Pure. */
final class TrafficManifests {

  private static final int DNS = 53;
  private static final int HTTPS = 443;

  /** GKE's metadata server, which gives out Workload Identity's tokens; the first: Dataplane V2. */
  private static final List<String> METADATA_SERVERS =
      List.of("169.254.169.252/32", "169.254.169.254/32");

  private static final List<Integer> METADATA_PORTS = List.of(80, 987, 988);

  private final ModelService service;
  private final PodSettings pod;

  TrafficManifests(ModelService service, PodSettings pod) {
    this.service = service;
    this.pod = pod;
  }

  NetworkPolicy policy() {
    return new NetworkPolicyBuilder()
        .withMetadata(Children.metadata(service, service.getMetadata().getName(), pod.labels()))
        .withNewSpec()
        .withNewPodSelector()
        .withMatchLabels(PodManifests.all(service))
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress")
        .withIngress(ingress())
        .withEgress(egress())
        .endSpec()
        .build();
  }

  private List<NetworkPolicyIngressRule> ingress() {
    var own = service.getSpec().ports().stream().map(ServingPort::containerPort).toList();
    var rules = new ArrayList<NetworkPolicyIngressRule>();
    rules.add(
        new NetworkPolicyIngressRuleBuilder().withFrom(neighbours()).withPorts(tcp(own)).build());
    service.getSpec().allowFrom().stream()
        .map(
            it ->
                new NetworkPolicyIngressRuleBuilder()
                    .withFrom(peer(it))
                    .withPorts(tcp(it.ports().isEmpty() ? own : it.ports()))
                    .build())
        .forEach(rules::add);
    return rules;
  }

  private List<NetworkPolicyEgressRule> egress() {
    var rules = new ArrayList<NetworkPolicyEgressRule>();
    rules.add(
        new NetworkPolicyEgressRuleBuilder()
            .withPorts(port(DNS, "UDP"), port(DNS, "TCP"), port(HTTPS, "TCP"))
            .build());
    rules.add(
        new NetworkPolicyEgressRuleBuilder()
            .withTo(METADATA_SERVERS.stream().map(TrafficManifests::addresses).toList())
            .withPorts(tcp(METADATA_PORTS))
            .build());
    rules.add(new NetworkPolicyEgressRuleBuilder().withTo(neighbours()).build());
    service.getSpec().allowTo().stream()
        .map(
            it ->
                new NetworkPolicyEgressRuleBuilder()
                    .withTo(peer(it))
                    .withPorts(tcp(it.ports()))
                    .build())
        .forEach(rules::add);
    return rules;
  }

  /** All pods of the namespace. */
  private static NetworkPolicyPeer neighbours() {
    return new NetworkPolicyPeerBuilder().withPodSelector(new LabelSelector()).build();
  }

  private static NetworkPolicyPeer peer(Peer declared) {
    return declared.cidr() == null
        ? new NetworkPolicyPeerBuilder()
            .withNamespaceSelector(selector(declared.namespaceSelector()))
            .withPodSelector(selector(declared.podSelector()))
            .build()
        : addresses(declared.cidr());
  }

  private static NetworkPolicyPeer addresses(String cidr) {
    return new NetworkPolicyPeerBuilder().withNewIpBlock().withCidr(cidr).endIpBlock().build();
  }

  private static LabelSelector selector(Selector declared) {
    return declared == null
        ? null
        : new LabelSelectorBuilder().withMatchLabels(declared.matchLabels()).build();
  }

  private static List<NetworkPolicyPort> tcp(List<Integer> ports) {
    return ports.stream().map(it -> port(it, "TCP")).toList();
  }

  private static NetworkPolicyPort port(int number, String protocol) {
    return new NetworkPolicyPort(null, new IntOrString(number), protocol);
  }
}
