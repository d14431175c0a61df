package org.adafisher.bench.backend;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;
import org.nd4j.linalg.factory.Nd4jBackend;

/** What computes the factors and everything else. */
public enum Backend {
  /** The processor. */
  CPU("CpuBackend", "build with the default profiles, which put nd4j-native on the classpath"),
  /** An NVIDIA graphics card. */
  CUDA(
      "JCublasBackend",
      "build with -Pcuda, which puts nd4j-cuda-11.6 on the classpath, or set backend: cpu");

  private final String className;
  private final String remedy;

  Backend(String className, String remedy) {
    this.className = className;
    this.remedy = remedy;
  }

  /** The simple name of ND4J's class for it. */
  String className() {
    return className;
  }

  /** Whether a backend is ND4J's class for it, or one that extends that. */
  boolean is(Nd4jBackend backend) {
    return Stream.<Class<?>>iterate(backend.getClass(), Objects::nonNull, Class::getSuperclass)
        .anyMatch(type -> type.getSimpleName().equals(className));
  }

  /** What to do where that class is missing. */
  String remedy() {
    return remedy;
  }

  /** Its name in a configuration: "cpu", "cuda". */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
