package org.adafisher.examples.notebook.kernel;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.dflib.jjava.jupyter.kernel.magic.LineMagic;

/**
 * The line that makes other Java kernels fetch an artifact. Here everything that this project uses
 * is there already, and nothing is fetched.
 */
final class MavenMagic implements LineMagic<Void, NotebookKernel> {

  private final List<Path> classpath;

  MavenMagic(String classpath) {
    this.classpath =
        Stream.of(classpath.split(Pattern.quote(File.pathSeparator))).map(Path::of).toList();
  }

  /**
   * Sees that artifacts are on the classpath.
   *
   * @param coordinates group:artifact, and what follows
   * @throws IllegalArgumentException if one is not
   */
  @Override
  public Void eval(NotebookKernel kernel, List<String> coordinates) {
    for (String one : coordinates) {
      String[] parts = one.split(":");
      if (parts.length < 2 || classpath.stream().noneMatch(path -> has(path, parts[1]))) {
        throw new IllegalArgumentException(
            "%maven "
                + one
                + ": this kernel fetches nothing, and has no such artifact; add its jar with"
                + " %classpath, or use JJava.");
      }
    }
    return null;
  }

  /** Local repositories and builds both have a folder of the artifact's name. */
  private static boolean has(Path entry, String artifact) {
    return StreamSupport.stream(entry.spliterator(), false)
        .anyMatch(part -> part.toString().equals(artifact));
  }
}
