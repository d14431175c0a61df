package org.adafisher.bench.backend;

import java.util.ServiceLoader;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Makes ND4J use the backend that was asked for. ND4J itself takes the one with the highest
 * priority on the classpath and, if that does not load, the next, with only a line in the log; here
 * the others are hidden from it, so that it gets this one or fails.
 */
public final class BackendSelector {

  private BackendSelector() {}

  /**
   * Loads a backend; every call in the life of the JVM has to ask for the same one.
   *
   * @throws BackendException if it is not on the classpath, does not load, or ND4J already uses
   *     another
   */
  public static void select(Backend backend) throws BackendException {
    ServiceLoader.Provider<Nd4jBackend> provider =
        ServiceLoader.load(Nd4jBackend.class).stream()
            .filter(p -> p.type().getSimpleName().equals(backend.className()))
            .findFirst()
            .orElseThrow(
                () ->
                    new BackendException(
                        "backend: %s cannot be used, since ND4J's %s is not on the classpath; %s."
                            .formatted(backend, backend.className(), backend.remedy())));
    load(backend, provider);
    String loaded = Nd4j.getBackend().getClass().getSimpleName();
    if (!loaded.equals(backend.className())) {
      throw new BackendException(
          "backend: %s was asked for, but ND4J already runs on %s; start one program for each backend."
              .formatted(backend, loaded));
    }
  }

  private static void load(Backend backend, ServiceLoader.Provider<Nd4jBackend> provider)
      throws BackendException {
    ClassLoader before = ND4JClassLoading.getNd4jClassloader();
    try {
      // Not isAvailable(): ND4J's CUDA backend prints a stack trace there.
      if (!provider.get().canRun()) {
        throw new IllegalStateException("it says that it cannot run here");
      }
      ND4JClassLoading.setNd4jClassloader(new OneBackendClassLoader(before, provider.type()));
      Nd4j.getBackend();
    } catch (Exception | LinkageError e) {
      throw new BackendException(
          "backend: %s does not load (%s); %s."
              .formatted(
                  backend,
                  rootMessage(e),
                  backend == Backend.CUDA
                      ? "it needs an NVIDIA card with a driver for CUDA 11.6 or later, or set"
                          + " backend: cpu"
                      : "see that nd4j-native and openblas for this system are on the classpath"),
          e);
    } finally {
      ND4JClassLoading.setNd4jClassloader(before);
    }
  }

  private static String rootMessage(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root.getMessage() == null ? "" : ": " + root.getMessage().lines().findFirst().orElse("");
    return root.getClass().getSimpleName() + message;
  }
}
