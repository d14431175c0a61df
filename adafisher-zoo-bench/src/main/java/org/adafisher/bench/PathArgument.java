package org.adafisher.bench;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.adafisher.bench.file.FileNames;
import picocli.CommandLine.TypeConversionException;

/** Paths on the command line. */
public final class PathArgument {

  private PathArgument() {}

  /**
   * The path of that name.
   *
   * @throws TypeConversionException with a sentence, if there can be none
   */
  public static Path convert(String name) {
    try {
      return FileNames.path(name);
    } catch (InvalidPathException e) {
      throw new TypeConversionException("'%s': %s".formatted(name, e.getReason()));
    }
  }
}
