package dev.naru.kubetest;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests a parameter of type {@link ControlPlane} or {@link KubernetesClient}. All test
 * classes of a JVM share one control plane; a test isolates itself by a namespace.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(WithControlPlane.Extension.class)
public @interface WithControlPlane {

  /** Starts the control plane on first use; it ends with the JVM. */
  final class Extension implements ParameterResolver {

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      var type = parameter.getParameter().getType();
      return type == ControlPlane.class || type == KubernetesClient.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      var controlPlane =
          context
              .getRoot()
              .getStore(Namespace.create(ControlPlane.class))
              .computeIfAbsent(ControlPlane.class, key -> attempt(), CompletableFuture.class)
              .join();
      return parameter.getParameter().getType() == ControlPlane.class
          ? controlPlane
          : ((ControlPlane) controlPlane).client();
    }

    /** A failure is kept like a success: no test tries again. */
    private static CompletableFuture<ControlPlane> attempt() {
      try {
        return CompletableFuture.completedFuture(ControlPlane.start());
      } catch (AssertionError | RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }
  }
}
