package dev.naru.operator.status;

import static dev.naru.operator.rights.Purpose.RESOURCES;
import static dev.naru.operator.rights.Verb.CREATE;

import dev.naru.crds.v1alpha1.Labels;
import dev.naru.operator.metrics.Meters;
import dev.naru.operator.metrics.Metric;
import dev.naru.operator.rights.Right;
import dev.naru.runfile.Hashes;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes notices as Events, before the status that remembers them: a crash in between tells the
 * same notice again under the same name, and "exists already" ends it.
 */
public final class Notices {

  /** Events are the history a user reads with {@code kubectl describe}. */
  public static final List<Right> RIGHTS =
      List.of(Right.on("", "events", RESOURCES, "tells at a resource what changed", CREATE));

  private static final Logger log = LoggerFactory.getLogger(Notices.class);

  /** The API server's limit for the message of an Event. */
  private static final int MAX_MESSAGE = 1024;

  private final KubernetesClient client;
  private final Meters meters;
  private final Clock clock;

  public Notices(KubernetesClient client, Meters meters, Clock clock) {
    this.client = client;
    this.meters = meters;
    this.clock = clock;
  }

  /** Tells one notice about a resource. */
  public void tell(HasMetadata about, Notice notice) {
    log.atInfo()
        .addKeyValue("kind", about.getKind())
        .addKeyValue("namespace", about.getMetadata().getNamespace())
        .addKeyValue("name", about.getMetadata().getName())
        .addKeyValue("reason", notice.reason())
        .addKeyValue("text", notice.message())
        .log("event");
    try {
      client.resource(event(about, notice, clock.instant())).create();
      meters.count(Metric.EVENTS, about.getKind(), notice.type().name(), notice.reason());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        return;
      }
      // by Kubernetes' convention Events are told at best effort: work must not wait for them
      log.atWarn()
          .addKeyValue("kind", about.getKind())
          .addKeyValue("name", about.getMetadata().getName())
          .addKeyValue("reason", notice.reason())
          .addKeyValue("code", e.getCode())
          .addKeyValue("cause", e.getMessage())
          .log("event not written");
    }
  }

  static Event event(HasMetadata about, Notice notice, Instant now) {
    var metadata = about.getMetadata();
    var at = now.truncatedTo(ChronoUnit.SECONDS).toString();
    var id = Hashes.sha256Hex(metadata.getUid(), notice.reason(), notice.key()).substring(0, 16);
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName() + "." + id)
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion(about.getApiVersion())
        .withKind(about.getKind())
        .withNamespace(metadata.getNamespace())
        .withName(metadata.getName())
        .withUid(metadata.getUid())
        .endInvolvedObject()
        .withType(notice.type().name())
        .withReason(notice.reason())
        .withMessage(Texts.cut(notice.message(), MAX_MESSAGE))
        .withFirstTimestamp(at)
        .withLastTimestamp(at)
        .withCount(1)
        .withNewSource()
        .withComponent(Labels.NARU)
        .endSource()
        .withReportingComponent(Labels.NARU)
        .withReportingInstance(Labels.NARU)
        .build();
  }
}
