package org.adafisher.examples.notebook.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/** The kernel's process, which Jupyter starts. */
public final class RunKernel {

  private RunKernel() {}

  /**
   * Serves until Jupyter ends it.
   *
   * @param arguments the connection file that Jupyter wrote
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 1) {
      System.err.println("Jupyter starts this with one argument, the path of a connection file.");
      System.exit(2);
    }
    JupyterConnection connection =
        new JupyterConnection(
            KernelConnectionProperties.parse(Files.readString(Path.of(arguments[0]))));
    endWithJupyter();
    NotebookKernel kernel = new NotebookKernel(System.getProperty("java.class.path"));
    kernel.becomeHandlerForConnection(connection);
    kernel.onStartup();
    connection.connect();
    connection.waitUntilClose();
    System.exit(0); // ND4J has threads that never end
  }

  /** Jupyter that was killed ends no kernel. Windows has no number of its process to give. */
  private static void endWithJupyter() {
    String jupyter = System.getenv("JPY_PARENT_PID");
    if (jupyter != null && !System.getProperty("os.name").startsWith("Windows")) {
      ProcessHandle.of(Long.parseLong(jupyter))
          .ifPresent(process -> process.onExit().thenRun(() -> System.exit(0)));
    }
  }
}
