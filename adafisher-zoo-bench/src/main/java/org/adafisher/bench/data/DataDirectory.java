package org.adafisher.bench.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.adafisher.bench.file.FileNames;

/**
 * Where a user has the files of a data set.
 *
 * @param dataset the data set's name, for error messages
 * @param path the directory
 * @param origin where people get the files, for error messages
 */
record DataDirectory(String dataset, Path path, String origin) {

  /** Java has no longer arrays. */
  private static final int MOST_BYTES = Integer.MAX_VALUE - 8;

  /**
   * The directory, if it is one.
   *
   * @throws DataException if not
   */
  static DataDirectory open(String dataset, Path path, String origin) throws DataException {
    DataDirectory directory = new DataDirectory(dataset, path, origin);
    directory.requireDirectory(path);
    return directory;
  }

  /** The subdirectory of that name if there is one, else this directory. */
  DataDirectory orSub(String name) {
    Path sub = path.resolve(name);
    return Files.isDirectory(sub) ? new DataDirectory(dataset, sub, origin) : this;
  }

  /** The error "dataset: path is what; get it from there". */
  DataException problem(Path where, String what) {
    return new DataException(sentence(where, what));
  }

  /** The same, with what led to it. */
  DataException problem(Path where, String what, Throwable cause) {
    return new DataException(sentence(where, what), cause);
  }

  private String sentence(Path where, String what) {
    return "%s: %s %s; %s".formatted(dataset, where, what, origin);
  }

  /**
   * Makes sure that a directory is there.
   *
   * @throws DataException if not
   */
  void requireDirectory(Path directory) throws DataException {
    if (!Files.exists(directory)) {
      throw problem(directory, "is missing");
    }
    if (!Files.isDirectory(directory)) {
      throw problem(directory, "is a file where a directory is expected");
    }
  }

  /**
   * Makes sure that a file is there, has something in it and can be read at once.
   *
   * @throws DataException if not
   */
  void requireFile(Path file) throws DataException {
    if (!Files.exists(file)) {
      throw problem(file, "is missing");
    }
    if (!Files.isRegularFile(file)) {
      throw problem(file, "is a directory where a file is expected");
    }
    try {
      long bytes = Files.size(file);
      if (bytes == 0) {
        throw problem(file, "is empty");
      }
      if (bytes > MOST_BYTES) {
        throw problem(
            file, "has %d bytes, and more than %d cannot be read".formatted(bytes, MOST_BYTES));
      }
    } catch (IOException e) {
      throw problem(file, "cannot be read", e);
    }
  }

  /**
   * Everything in a file.
   *
   * @throws DataException if it is missing, empty or cannot be read
   */
  byte[] read(Path file) throws DataException {
    requireFile(file);
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw problem(file, "cannot be read", e);
    }
  }

  /**
   * The same for a gzipped file, unpacked.
   *
   * @throws DataException also if it is not a whole gzip file
   */
  byte[] readGzipped(Path file) throws DataException {
    byte[] packed = read(file);
    try (GZIPInputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(packed))) {
      return unpacked.readAllBytes();
    } catch (IOException e) {
      throw problem(file, "is not a whole gzip file", e);
    }
  }

  /**
   * A file that another one names.
   *
   * @param source the file that names it
   * @throws DataException if there can be no file of that name
   */
  Path named(Path folder, String name, Path source) throws DataException {
    try {
      return folder.resolve(FileNames.path(name));
    } catch (InvalidPathException e) {
      throw problem(source, "names the file '%s', which %s".formatted(name, clause(e)), e);
    }
  }

  private static String clause(InvalidPathException e) {
    return e.getReason().startsWith("has ")
        ? e.getReason()
        : "cannot exist (" + e.getReason() + ")";
  }

  /**
   * What is in a directory, hidden files aside, sorted by name.
   *
   * @throws DataException if it is missing or cannot be read, or if the system's locale cannot
   *     express one of the names, which could not be told from others then
   */
  List<Path> list(Path directory, Predicate<Path> which) throws DataException {
    requireDirectory(directory);
    try (Stream<Path> entries = Files.list(directory)) {
      List<Path> all =
          entries
              .filter(entry -> !entry.getFileName().toString().startsWith("."))
              .sorted(Comparator.comparing(entry -> entry.getFileName().toString()))
              .toList();
      for (Path entry : all) {
        if (!FileNames.isExpressible(entry)) {
          throw problem(entry, FileNames.inexpressible());
        }
      }
      return all.stream().filter(which).toList();
    } catch (IOException e) {
      throw problem(directory, "cannot be read", e);
    }
  }
}
