package org.adafisher.examples.notebook.kernel;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.adafisher.bench.result.AtomicFile;

/**
 * The files that tell Jupyter of the kernel: {@code kernel.json}, and beside it the arguments of
 * its JVM, since a classpath is longer than some systems let a command be.
 *
 * @param java the java command
 * @param arguments of the JVM, but for the classpath
 * @param classpath what the kernel and its cells can use
 */
record KernelFiles(Path java, List<String> arguments, String classpath) {

  /** The kernel's name for Jupyter and its directory. */
  static final String NAME = "adafisher";

  private static final String ARGUMENTS = "java.args";

  /** Copies the list. */
  KernelFiles {
    arguments = List.copyOf(arguments);
  }

  /**
   * Writes them, each in full or not at all.
   *
   * @param directory is made if it is not there
   * @throws IOException if they cannot be written
   */
  void write(Path directory) throws IOException {
    Files.createDirectories(directory);
    AtomicFile.write(directory.resolve(ARGUMENTS), argumentFile());
    AtomicFile.write(directory.resolve("kernel.json"), kernelJson(directory));
  }

  private String argumentFile() {
    return arguments.stream().map(argument -> quoted(argument) + "\n").collect(Collectors.joining())
        + "-cp\n"
        + quoted(classpath)
        + "\n";
  }

  /** As java reads its argument files. */
  private static String quoted(String argument) {
    return '"' + argument.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  private String kernelJson(Path directory) throws IOException {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put(
        "argv",
        List.of(
            java.toString(),
            "@" + directory.toAbsolutePath().resolve(ARGUMENTS),
            RunKernel.class.getName(),
            "{connection_file}"));
    spec.put("display_name", "Java (AdaFisher)");
    spec.put("language", "java");
    spec.put("interrupt_mode", "message");
    // Else ND4J's threads spin while they wait; see the README.
    spec.put("env", Map.of("OMP_WAIT_POLICY", "PASSIVE"));
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(spec)
        + "\n";
  }
}
