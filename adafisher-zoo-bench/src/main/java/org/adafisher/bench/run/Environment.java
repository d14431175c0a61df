package org.adafisher.bench.run;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Properties;
import org.adafisher.bench.backend.Natives;
import org.nd4j.linalg.cpu.nativecpu.CpuBackend;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.factory.Nd4jBackend;

/**
 * Where a run took place, as far as it can bear on its numbers.
 *
 * @param started UTC, to the second
 * @param java the Java runtime
 * @param system operating system and architecture
 * @param processors how many the JVM may use
 * @param backend ND4J's backend
 * @param natives {@link Natives#running}
 * @param nd4j ND4J's version
 * @param ompNumThreads the variable OMP_NUM_THREADS, or "unset"
 * @param ompWaitPolicy the variable OMP_WAIT_POLICY, or "unset"
 */
record Environment(
    String started,
    String java,
    String system,
    int processors,
    String backend,
    String natives,
    String nd4j,
    String ompNumThreads,
    String ompWaitPolicy) {

  private static final String ND4J_PROPERTIES = "/META-INF/maven/org.nd4j/nd4j-api/pom.properties";

  static Environment current() throws IOException {
    return new Environment(
        Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
        System.getProperty("java.runtime.version"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors(),
        backendName(),
        Natives.running(),
        nd4jVersion(),
        variable("OMP_NUM_THREADS"),
        variable("OMP_WAIT_POLICY"));
  }

  /** Of the CPU's, ND4J's own name, also where a class stands before it that lets oneDNN in. */
  private static String backendName() {
    Nd4jBackend backend = Nd4j.getBackend();
    return (backend instanceof CpuBackend ? CpuBackend.class : backend.getClass()).getSimpleName();
  }

  String toJson() throws JsonProcessingException {
    return new ObjectMapper().writeValueAsString(this);
  }

  /** Of the properties that Maven puts into a jar: ND4J's manifest has no version. */
  private static String nd4jVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream file = Nd4j.class.getResourceAsStream(ND4J_PROPERTIES)) {
      if (file != null) {
        properties.load(file);
      }
    }
    return properties.getProperty("version", "unknown");
  }

  private static String variable(String name) {
    return Objects.requireNonNullElse(System.getenv(name), "unset");
  }
}
