package org.adafisher.onednn;

import static org.deeplearning4j.config.DL4JSystemProperties.DISABLE_HELPER_PROPERTY;

import java.util.Optional;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deeplearning4j 1.0.0-M2.1 has layers that run on oneDNN, and keeps them out: its helpers are
 * switched off, and what they look for has been renamed. {@link #enable} lets them in.
 *
 * <pre>{@code
 * OneDnn.enable(); // before the first network is made
 * }</pre>
 *
 * A layer takes its helper when it is made, and keeps it: networks that exist already stay as they
 * are.
 */
public final class OneDnn {

  private static final Logger log = LoggerFactory.getLogger(OneDnn.class);

  /** The packages of the layers that have a helper: defined once such a layer has been made. */
  private static final String[] LAYERS_WITH_HELPERS = {
    "org.deeplearning4j.nn.layers.convolution",
    "org.deeplearning4j.nn.layers.convolution.subsampling",
    "org.deeplearning4j.nn.layers.normalization"
  };

  /** Null until it is switched on: one switch for the JVM, as Deeplearning4j's own property is. */
  private static volatile Status on;

  private OneDnn() {}

  /**
   * Whether oneDNN is switched on, and why.
   *
   * @param enabled whether networks that are made now run on oneDNN
   * @param reason a sentence: what runs, or why not and what to do
   */
  public record Status(boolean enabled, String reason) {}

  /**
   * Switches oneDNN on for all networks that are made from now on, and logs what runs or why
   * nothing does. Calling it again changes and logs nothing; where it could not switch on, it tries
   * again.
   *
   * @return what has become of it
   */
  public static synchronized Status enable() {
    if (on != null) {
      return on;
    }
    Optional<String> obstacle = obstacle();
    if (obstacle.isPresent()) {
      log.warn("oneDNN is off: {}", obstacle.get());
      return new Status(false, obstacle.get());
    }
    boolean late = layersExist();
    System.setProperty(DISABLE_HELPER_PROPERTY, "false");
    on =
        new Status(
            true,
            late
                ? "oneDNN runs in networks made from now on; those made before OneDnn.enable() go"
                    + " without, so call it before the first network is made."
                : "oneDNN runs convolutions and batch normalization of FLOAT networks.");
    if (late) {
      log.warn("{}", on.reason());
    } else {
      log.info("{}", on.reason());
    }
    return on;
  }

  /**
   * Asks without switching on.
   *
   * @return enabled if {@link #enable} has switched it on; else what would keep it out, or that it
   *     was not called
   */
  public static Status status() {
    Status status = on;
    return status != null
        ? status
        : new Status(false, obstacle().orElse("OneDnn.enable() has not been called."));
  }

  private static Optional<String> obstacle() {
    String backend = Nd4j.getExecutioner().getEnvironmentInformation().getProperty("backend");
    if (!"CPU".equalsIgnoreCase(backend)) {
      return Optional.of("ND4J's backend is " + backend + ", and oneDNN is for the CPU.");
    }
    if (!inNatives()) {
      return Optional.of(
          "ND4J's natives were built without it; add org.nd4j:nd4j-native with the classifier"
              + " linux-x86_64-onednn, macosx-x86_64-onednn or windows-x86_64-onednn (there is none"
              + " for ARM).");
    }
    if (!Nd4j.getEnvironment().helpersAllowed()) {
      return Optional.of("Nd4j.getEnvironment().allowHelpers(false) forbids it.");
    }
    if (Boolean.getBoolean(DISABLE_HELPER_PROPERTY)) {
      return Optional.of("the system property " + DISABLE_HELPER_PROPERTY + " is true.");
    }
    return Optional.empty();
  }

  /** Whether the natives that ND4J has loaded were built with oneDNN. */
  static boolean inNatives() {
    return Natives.WITH_ONEDNN;
  }

  /** Asked once, after ND4J has loaded them. */
  private static final class Natives {
    static final boolean WITH_ONEDNN = Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN");
  }

  private static boolean layersExist() {
    ClassLoader loader = ConvolutionLayer.class.getClassLoader();
    return Stream.of(LAYERS_WITH_HELPERS).anyMatch(name -> loader.getDefinedPackage(name) != null);
  }
}
