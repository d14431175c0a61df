package org.adafisher.bench.backend;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.adafisher.onednn.OneDnn;
import org.nd4j.linalg.factory.Nd4j;

/** Which of the native libraries of ND4J's CPU backend compute. */
public enum Natives {
  /** Those with oneDNN, and Deeplearning4j's layers run on it. */
  ONEDNN,
  /** Those without, also where the others are on the classpath. */
  PLAIN;

  /** The system property that decides where a configuration does not: "onednn" or "plain". */
  public static final String PROPERTY = "adafisher.natives";

  /**
   * Those that the system property names.
   *
   * @return empty if it is not set
   * @throws BackendException if it names none
   */
  static Optional<Natives> ofProperty() throws BackendException {
    String name = System.getProperty(PROPERTY, "");
    if (name.isEmpty()) {
      return Optional.empty();
    }
    for (Natives natives : values()) {
      if (natives.toString().equals(name)) {
        return Optional.of(natives);
      }
    }
    throw new BackendException(
        "The system property %s is '%s'; allowed: %s."
            .formatted(
                PROPERTY,
                name,
                Arrays.stream(values()).map(Natives::toString).collect(Collectors.joining(", "))));
  }

  /**
   * What the numbers of this program are computed with, in a few words: a name in a configuration,
   * or others where natives with oneDNN are loaded and nobody has switched it on, or the backend is
   * not the CPU's.
   */
  public static String running() {
    if (!Backend.CPU.is(Nd4j.getBackend())) {
      return Nd4j.getBackend().getClass().getSimpleName();
    }
    if (OneDnn.status().enabled()) {
      return ONEDNN.toString();
    }
    return loadedWithOneDnn() ? "onednn, not switched on" : PLAIN.toString();
  }

  /** Whether the natives that ND4J has loaded, or loads now, were built with oneDNN. */
  static boolean loadedWithOneDnn() {
    return Nd4j.getBackend().buildInfo().contains("HAVE_ONEDNN");
  }

  /** Its name in a configuration: "onednn", "plain". */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
