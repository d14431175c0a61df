package org.adafisher.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.adafisher.AdaFisher;
import org.adafisher.bench.ExperimentReport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the modules' jars bring to those who depend on them. {@code mvn verify} has made them when
 * it comes to this module; {@code mvn test} makes none.
 */
class LibraryJarsTest {

  @ParameterizedTest
  @ValueSource(classes = {AdaFisher.class, ExperimentReport.class})
  void aJarDoesNotConfigureItsUsersLogging(Class<?> inside) throws Exception {
    Path file = location(inside);
    assumeThat(Files.isRegularFile(file)).as("mvn test makes no jars; mvn verify does").isTrue();

    try (JarFile jar = new JarFile(file.toFile())) {
      assertThat(jar.stream().map(ZipEntry::getName))
          .contains(inside.getName().replace('.', '/') + ".class")
          .noneMatch(name -> name.matches("logback.*\\.xml|log4j2?\\..*|simplelogger\\.properties"))
          .noneMatch(name -> name.startsWith("org/slf4j/") || name.startsWith("ch/qos/logback/"));
    }
  }

  private static Path location(Class<?> inside) throws URISyntaxException {
    return Path.of(inside.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
