package dev.naru.operator.kube;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Objects;
import java.util.Optional;

/** Requests by annotation: a new token asks, {@code status.lastHandled…Request} answers. Pure. */
public final class Requests {

  private Requests() {}

  /** The token of a request that was not handled yet. */
  public static Optional<String> open(HasMetadata resource, String annotation, String handled) {
    return token(resource, annotation).filter(token -> !token.equals(handled));
  }

  /** The token that stands in the annotation, handled or not. */
  public static Optional<String> token(HasMetadata resource, String annotation) {
    var annotations = resource.getMetadata().getAnnotations();
    return annotations == null
        ? Optional.empty()
        : Optional.ofNullable(annotations.get(annotation)).filter(token -> !token.isBlank());
  }

  /** Whether two versions of a resource carry the same token. */
  static boolean same(HasMetadata one, HasMetadata other, String annotation) {
    return Objects.equals(token(one, annotation), token(other, annotation));
  }
}
