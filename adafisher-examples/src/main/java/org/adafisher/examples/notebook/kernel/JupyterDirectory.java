package org.adafisher.examples.notebook.kernel;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/** Where Jupyter looks for what a user installed. */
final class JupyterDirectory {

  private JupyterDirectory() {}

  /**
   * Jupyter's data directory of a user: {@code JUPYTER_DATA_DIR}, else the system's usual place.
   *
   * @param environment the environment variables
   * @param system the operating system's name, as Java has it
   * @param home the user's home directory
   * @see <a href="https://docs.jupyter.org/en/latest/use/jupyter-directories.html">Jupyter's
   *     rule</a>
   */
  static Path data(Map<String, String> environment, String system, Path home) {
    String name = system.toLowerCase(Locale.ROOT);
    if (set(environment, "JUPYTER_DATA_DIR")) {
      return Path.of(environment.get("JUPYTER_DATA_DIR"));
    }
    if (name.startsWith("mac")) {
      return home.resolve("Library").resolve("Jupyter");
    }
    if (name.startsWith("windows")) {
      return set(environment, "APPDATA")
          ? Path.of(environment.get("APPDATA")).resolve("jupyter")
          : home.resolve(".jupyter").resolve("data");
    }
    return set(environment, "XDG_DATA_HOME")
        ? Path.of(environment.get("XDG_DATA_HOME")).resolve("jupyter")
        : home.resolve(".local").resolve("share").resolve("jupyter");
  }

  private static boolean set(Map<String, String> environment, String name) {
    return !environment.getOrDefault(name, "").isEmpty();
  }
}
