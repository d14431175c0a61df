package org.adafisher.bench.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Names of files that Java cannot express where the system's locale has no letters for them. */
public final class FileNames {

  private FileNames() {}

  /** Whether a path that the system gave has a name that leads back to it. */
  public static boolean isExpressible(Path path) {
    try {
      return path.getFileSystem().getPath(path.toString()).equals(path);
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * The path of that name.
   *
   * @throws InvalidPathException with a clause that says why there is none, to go after the name
   */
  public static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      boolean letters = name.chars().anyMatch(c -> c > 0x7F);
      throw new InvalidPathException(name, letters ? inexpressible() : e.getReason());
    }
  }

  /** Why a name cannot be expressed and what helps. */
  public static String inexpressible() {
    return "has letters that this system's encoding of file names, "
        + System.getProperty("sun.jnu.encoding")
        + ", cannot express; set LC_ALL=C.UTF-8 or rename it";
  }
}
