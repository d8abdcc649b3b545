package dev.naru.operator.pod;

import dev.naru.crds.v1alpha1.CaRef;
import dev.naru.crds.v1alpha1.DatabaseServer;
import dev.naru.crds.v1alpha1.Tls;
import dev.naru.runfile.Mounts;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The files of a source that are mounted and never read by the operator: credentials and CA.
 *
 * @param secret Secret with the keys username and password
 * @param ca where the CA certificates are
 */
public record SourceFiles(String secret, Optional<CaRef> ca) {

  private static final String CREDENTIALS_VOLUME = "connection";
  private static final String CA_VOLUME = "ca";

  /** The files that a database server's declaration names. */
  public static SourceFiles of(DatabaseServer server) {
    return new SourceFiles(
        server.authSecretRef().name(), Optional.ofNullable(server.tls()).map(Tls::caRef));
  }

  List<Volume> volumes(int mode) {
    var volumes = new ArrayList<Volume>();
    volumes.add(
        new VolumeBuilder()
            .withName(CREDENTIALS_VOLUME)
            .withNewSecret()
            .withSecretName(secret)
            .withDefaultMode(mode)
            .withItems(item("username", "username"), item("password", "password"))
            .endSecret()
            .build());
    ca.ifPresent(reference -> volumes.add(caVolume(reference, mode)));
    return volumes;
  }

  List<VolumeMount> mounts() {
    var mounts = new ArrayList<VolumeMount>();
    mounts.add(mount(CREDENTIALS_VOLUME, Mounts.CREDENTIALS));
    ca.ifPresent(_ -> mounts.add(mount(CA_VOLUME, folder(Mounts.CA))));
    return mounts;
  }

  private static Volume caVolume(CaRef reference, int mode) {
    var file = Objects.requireNonNull(Path.of(Mounts.CA).getFileName()).toString();
    var volume = new VolumeBuilder().withName(CA_VOLUME);
    if (reference.configMapKeyRef() != null) {
      return volume
          .withNewConfigMap()
          .withName(reference.configMapKeyRef().name())
          .withDefaultMode(mode)
          .withItems(item(reference.configMapKeyRef().key(), file))
          .endConfigMap()
          .build();
    }
    return volume
        .withNewSecret()
        .withSecretName(reference.secretKeyRef().name())
        .withDefaultMode(mode)
        .withItems(item(reference.secretKeyRef().key(), file))
        .endSecret()
        .build();
  }

  private static KeyToPath item(String key, String path) {
    return new KeyToPath(key, null, path);
  }

  private static VolumeMount mount(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).withReadOnly(true).build();
  }

  private static String folder(String path) {
    return Objects.requireNonNull(Path.of(path).getParent()).toString();
  }
}
