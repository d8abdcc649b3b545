package dev.naru.crds.v1alpha1;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;

/** What answers, where, and how many of it. */
@JsonInclude(JsonInclude.Include.NON_EMPTY)
@ValidationRule(
    value = "has(self.image)",
    message =
        "image is missing: name the image that answers requests, such as"
            + " asia-docker.pkg.dev/my-project/models/price:1.5.0",
    fieldPath = ".image",
    reason = "FieldValueRequired")
@ValidationRule(
    value = "has(self.replicas) != has(self.autoscaling)",
    message =
        "write either replicas or autoscaling: with autoscaling the number of pods is the"
            + " autoscaler's",
    fieldPath = ".replicas")
@ValidationRule(
    value = "self.ports.all(port, self.ports.exists_one(other, other.name == port.name))",
    message = "ports has a name twice: give each port a name of its own",
    fieldPath = ".ports")
@ValidationRule(
    value =
        "self.ports.all(port, self.ports.exists_one(other, other.containerPort =="
            + " port.containerPort))",
    message = "ports has a containerPort twice: write each once",
    fieldPath = ".ports")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.readiness) || !has(self.probes.readiness.port) ||"
            + " self.ports.exists(it, it.name == self.probes.readiness.port)",
    message = "probes.readiness.port must be the name of one of ports",
    fieldPath = ".probes.readiness.port")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.liveness) || !has(self.probes.liveness.port) ||"
            + " self.ports.exists(it, it.name == self.probes.liveness.port)",
    message = "probes.liveness.port must be the name of one of ports",
    fieldPath = ".probes.liveness.port")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.readiness) || !has(self.probes.readiness.path) ||"
            + " (has(self.probes.readiness.port) ? self.ports.exists(it, it.name =="
            + " self.probes.readiness.port && it.protocol == 'HTTP') : self.ports[0].protocol =="
            + " 'HTTP')",
    message =
        "probes.readiness.path needs a port with protocol: HTTP: name it in probes.readiness.port,"
            + " or remove path",
    fieldPath = ".probes.readiness.path")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.liveness) || !has(self.probes.liveness.path) ||"
            + " (has(self.probes.liveness.port) ? self.ports.exists(it, it.name =="
            + " self.probes.liveness.port && it.protocol == 'HTTP') : self.ports[0].protocol =="
            + " 'HTTP')",
    message =
        "probes.liveness.path needs a port with protocol: HTTP: name it in probes.liveness.port, or"
            + " remove path",
    fieldPath = ".probes.liveness.path")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.readiness) || !has(self.probes.readiness.service) ||"
            + " (has(self.probes.readiness.port) ? self.ports.exists(it, it.name =="
            + " self.probes.readiness.port && it.protocol == 'GRPC') : self.ports[0].protocol =="
            + " 'GRPC')",
    message =
        "probes.readiness.service needs a port with protocol: GRPC: name it in"
            + " probes.readiness.port, or remove service",
    fieldPath = ".probes.readiness.service")
@ValidationRule(
    value =
        "!has(self.probes) || !has(self.probes.liveness) || !has(self.probes.liveness.service) ||"
            + " (has(self.probes.liveness.port) ? self.ports.exists(it, it.name =="
            + " self.probes.liveness.port && it.protocol == 'GRPC') : self.ports[0].protocol =="
            + " 'GRPC')",
    message =
        "probes.liveness.service needs a port with protocol: GRPC: name it in probes.liveness.port,"
            + " or remove service",
    fieldPath = ".probes.liveness.service")
@ValidationRule(
    value = "!has(self.env) || self.env.all(it, self.env.exists_one(other, other.name == it.name))",
    message = "env has a name twice: write each variable once",
    fieldPath = ".env")
@ValidationRule(
    value =
        "!has(self.inputs) || self.inputs.all(it, self.inputs.exists_one(other,"
            + " other.dataMartRef.name == it.dataMartRef.name))",
    message = "inputs names a DataMart twice: name each once",
    fieldPath = ".inputs")
@ValidationRule(
    value =
        "!has(self.metrics) || !has(self.metrics.port) || self.ports.exists(it, it.name =="
            + " self.metrics.port && it.protocol == 'HTTP')",
    message = "metrics.port must be the name of one of ports, with protocol: HTTP",
    fieldPath = ".metrics.port")
@ValidationRule(
    value = "!has(self.metrics) || self.ports.exists(it, it.protocol == 'HTTP')",
    message =
        "metrics needs a port with protocol: HTTP where pods show them: add one called metrics, or"
            + " remove metrics",
    fieldPath = ".metrics")
@ValidationRule(
    value =
        "!has(self.rollout) || self.ports.exists(it, it.protocol == 'HTTP' || it.protocol =="
            + " 'GRPC')",
    message =
        "rollout needs a port with protocol: HTTP or GRPC: a Gateway shares out nothing else by"
            + " weight; remove rollout",
    fieldPath = ".rollout")
@ValidationRule(
    value =
        "!has(self.rollout) || !has(self.rollout.analysis) || self.ports.exists(it, it.protocol =="
            + " 'HTTP')",
    message =
        "rollout.analysis needs a port with protocol: HTTP where pods show their metrics: add one"
            + " called metrics, or remove analysis",
    fieldPath = ".rollout.analysis")
public record ModelServiceSpec(
    @JsonPropertyDescription(
            "The image that answers requests; required. It runs as a user other than root, and"
                + " writes to /tmp alone. Another image is rolled out pod by pod, the old ones answer"
                + " meanwhile")
        @Size(min = 1, max = 1024) String image,
    @JsonPropertyDescription(
            "The model, where the image does not carry it: fetched into /model, verified, before the"
                + " image starts. Another checksum is rolled out as another image is")
        ModelFiles model,
    @JsonPropertyDescription("What is started instead of the image's entry point") @Size(max = 64) List<@Size(max = 4096) String> command,
    @JsonPropertyDescription("Arguments, instead of those of the image") @Size(max = 64) List<@Size(max = 4096) String> args,
    @JsonPropertyDescription("Environment variables") @Size(max = 64) List<EnvVariable> env,
    @JsonPropertyDescription("ConfigMaps and Secrets whose keys all become environment variables")
        @Size(max = 16) List<EnvFrom> envFrom,
    @JsonPropertyDescription(
            "Where requests come in; the Service has the same ports. The first is that of"
                + " status.url, and is probed where probes say nothing else")
        @Required
        @Size(min = 1, max = 8) List<ServingPort> ports,
    @JsonPropertyDescription("How it is seen that a pod can answer") ServingProbes probes,
    @JsonPropertyDescription("Number of pods; either this or autoscaling") @Min(1) @Max(1000) Integer replicas,
    @JsonPropertyDescription("Number of pods by load; either this or replicas")
        Autoscaling autoscaling,
    @JsonPropertyDescription(
            "DataMarts whose tables the service reads, and how old their data may be; told by the"
                + " condition InputsFresh")
        @Size(max = 16) List<ServingInput> inputs,
    @JsonPropertyDescription(
            "Where pods show metrics in the format of Prometheus: collectors that the cluster knows"
                + " (PodMonitoring of Google Managed Prometheus, PodMonitor of the Prometheus"
                + " Operator) are told to read them, and rollout.analysis reads them there. Absent:"
                + " no collector is told")
        ServingMetrics metrics,
    @JsonPropertyDescription(
            "How a new revision takes over through the Gateway API, share by share. Absent: pod by"
                + " pod")
        ServingRollout rollout,
    @JsonPropertyDescription("How a pod ends that still gets requests") Drain drain,
    @JsonPropertyDescription(
            "Who may call the service, besides the pods of its own namespace; nobody else can reach"
                + " it where the network enforces policies")
        @Size(max = 16) List<Peer> allowFrom,
    @JsonPropertyDescription(
            "What the service may call, besides DNS, HTTPS (port 443) anywhere, Google's metadata"
                + " server, and the pods of its own namespace")
        @Size(max = 16) List<Peer> allowTo,
    @JsonPropertyDescription("The pods") PodSettings pod,
    @JsonPropertyDescription(
            "WorkloadTemplate whose defaults go before those of the namespace and of the cluster,"
                + " and whose policy holds as well. What stands in this spec goes before all of them")
        NameRef templateRef) {

  public ModelServiceSpec {
    command = Copies.of(command);
    args = Copies.of(args);
    env = Copies.of(env);
    envFrom = Copies.of(envFrom);
    ports = Copies.of(ports);
    inputs = Copies.of(inputs);
    allowFrom = Copies.of(allowFrom);
    allowTo = Copies.of(allowTo);
  }
}
