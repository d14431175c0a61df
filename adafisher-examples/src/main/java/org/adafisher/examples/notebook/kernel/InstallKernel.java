package org.adafisher.examples.notebook.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells Jupyter of a Java kernel that has this project on its classpath: {@code mvn -q -DskipTests
 * -Pkernel package}.
 */
public final class InstallKernel {

  private InstallKernel() {}

  /**
   * Writes the kernel's files into the user's Jupyter directory, or into the directory that the
   * system property {@code kernel.directory} names.
   *
   * @param arguments for the kernel's JVM, several of them in one if separated by blanks
   */
  public static void main(String[] arguments) {
    String given = System.getProperty("kernel.directory", "");
    Path directory =
        given.isEmpty()
            ? JupyterDirectory.data(
                    System.getenv(),
                    System.getProperty("os.name"),
                    Path.of(System.getProperty("user.home")))
                .resolve("kernels")
                .resolve(KernelFiles.NAME)
            : Path.of(given);
    List<String> jvm = new ArrayList<>(List.of("-Djava.awt.headless=true"));
    Stream.of(arguments).flatMap(one -> Stream.of(one.split(" "))).forEach(jvm::add);
    try {
      new KernelFiles(
              Path.of(System.getProperty("java.home"), "bin", "java"),
              jvm,
              System.getProperty("java.class.path"))
          .write(directory);
    } catch (IOException e) {
      System.err.printf(
          "The kernel cannot be installed in %s: %s. Name another folder with"
              + " -Dkernel.directory=..., or set JUPYTER_DATA_DIR.%n",
          directory, e);
      System.exit(1);
    }
    System.out.printf(
        "Jupyter has the kernel \"Java (AdaFisher)\" now, in %s. It uses what this build made:"
            + " after a change or a clean, build again.%n",
        directory);
  }
}
