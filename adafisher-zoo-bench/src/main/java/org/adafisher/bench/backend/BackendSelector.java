package org.adafisher.bench.backend;

import java.util.Optional;
import java.util.ServiceLoader;
import org.adafisher.onednn.OneDnn;
import org.adafisher.onednn.OneDnnBackend;
import org.nd4j.common.config.ND4JClassLoading;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Makes ND4J use the backend, and the native libraries, that were asked for. ND4J itself takes the
 * one with the highest priority on the classpath and, if that does not load, the next, with only a
 * line in the log; here the others are hidden from it, so that it gets this one or fails.
 */
public final class BackendSelector {

  /**
   * JavaCPP's: of several natives for one platform it takes those whose classifier ends in this;
   * empty, those with nothing behind the platform; if it is not set, the first that are there, with
   * oneDNN before plain ones.
   */
  private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";

  private BackendSelector() {}

  /**
   * Loads a backend; every call in the life of the JVM has to ask for the same one.
   *
   * @param natives of the CPU's backend; if empty, those that the system property {@link
   *     Natives#PROPERTY} names, or else those with oneDNN where there are any
   * @throws BackendException if it is not on the classpath, does not load, or ND4J already uses
   *     another
   */
  public static void select(Backend backend, Optional<Natives> natives) throws BackendException {
    if (backend == Backend.CPU) {
      selectCpu(natives.isPresent() ? natives : Natives.ofProperty());
    } else {
      select(backend, backend.className());
    }
  }

  private static void selectCpu(Optional<Natives> wanted) throws BackendException {
    boolean plain = wanted.equals(Optional.of(Natives.PLAIN));
    if (plain) {
      System.setProperty(EXTENSION, ""); // without effect once they are loaded
    }
    select(Backend.CPU, plain ? Backend.CPU.className() : OneDnnBackend.class.getSimpleName());
    if (plain && Natives.loadedWithOneDnn()) {
      throw new BackendException(
          "natives: plain was asked for, but ND4J already runs on those with oneDNN; start one"
              + " program for each.");
    }
    boolean oneDnn = wanted.equals(Optional.of(Natives.ONEDNN));
    if (oneDnn && !Natives.loadedWithOneDnn() && System.getProperty(EXTENSION, "-").isEmpty()) {
      throw new BackendException(
          "natives: onednn was asked for, but ND4J already runs on the plain ones; start one"
              + " program for each.");
    }
    if (oneDnn || Natives.loadedWithOneDnn()) {
      OneDnn.Status status = OneDnn.enable();
      if (!status.enabled()) {
        throw new BackendException(
            "natives: onednn cannot be used: %s Or set natives: plain.".formatted(status.reason()));
      }
    }
  }

  private static void select(Backend backend, String className) throws BackendException {
    ServiceLoader.Provider<Nd4jBackend> provider =
        ServiceLoader.load(Nd4jBackend.class).stream()
            .filter(p -> p.type().getSimpleName().equals(className))
            .findFirst()
            .orElseThrow(
                () ->
                    new BackendException(
                        "backend: %s cannot be used, since ND4J's %s is not on the classpath; %s."
                            .formatted(backend, backend.className(), backend.remedy())));
    load(backend, provider);
    if (!backend.is(Nd4j.getBackend())) {
      throw new BackendException(
          "backend: %s was asked for, but ND4J already runs on %s; start one program for each backend."
              .formatted(backend, Nd4j.getBackend().getClass().getSimpleName()));
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
