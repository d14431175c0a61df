package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.adafisher.bench.file.NotUtf8Exception;
import org.adafisher.bench.file.Utf8;

/** Texts that a user has: one file, or a folder with one for each part. */
final class TextFiles {

  private static final String ORIGIN =
      "expected is a UTF-8 text file, or a folder with train.txt, valid.txt and test.txt or with"
          + " the files of WikiText-2 (wiki.train.tokens ...) or the Penn Treebank (ptb.train.txt"
          + " ...)";

  /** Names of a folder's files; in those of a known corpus blanks are between all tokens. */
  private record Names(String train, String validation, String test, boolean separated) {

    static Names of(String pattern, String validation, boolean separated) {
      return new Names(
          pattern.formatted("train"),
          pattern.formatted(validation),
          pattern.formatted("test"),
          separated);
    }
  }

  private static final List<Names> KNOWN =
      List.of(
          Names.of("wiki.%s.tokens", "valid", true),
          Names.of("wiki.%s.raw", "valid", true),
          Names.of("ptb.%s.txt", "valid", true),
          Names.of("%s.txt", "valid", false),
          Names.of("%s.txt", "validation", false),
          Names.of("%s.txt", "val", false));

  /** Where the archives have their files. */
  private static final List<String> FOLDERS =
      List.of("wikitext-2", "wikitext-2-raw", "simple-examples/data");

  private TextFiles() {}

  /**
   * Reads a file, or the files of a folder.
   *
   * @param dataset the data set's name, for error messages
   * @throws DataException if one is missing, empty or not UTF-8
   */
  static TextParts read(String dataset, Path path) throws DataException {
    DataDirectory place = new DataDirectory(dataset, path, ORIGIN);
    if (!Files.isDirectory(path)) {
      return TextParts.whole(text(place, path));
    }
    for (Path folder : folders(path).toList()) {
      for (Names names : KNOWN) {
        // Its training file tells which it is; the last three differ in the validation file alone.
        if (Files.exists(folder.resolve(names.train()))
            && (names.separated() || Files.exists(folder.resolve(names.validation())))) {
          refuseOthers(place, folder, names);
          return read(place, folder, names);
        }
      }
    }
    throw place.problem(path, "has no text that can be trained on");
  }

  private static void refuseOthers(DataDirectory place, Path folder, Names chosen)
      throws DataException {
    for (Names names : KNOWN) {
      boolean sameTraining = names.train().equals(chosen.train()) && !names.equals(chosen);
      if (sameTraining && Files.exists(folder.resolve(names.validation()))) {
        throw place.problem(
            folder.resolve(names.validation()),
            "is there beside " + chosen.validation() + ", of which one is allowed");
      }
    }
  }

  private static Stream<Path> folders(Path path) {
    return Stream.concat(Stream.of(path), FOLDERS.stream().map(path::resolve));
  }

  private static TextParts read(DataDirectory place, Path folder, Names names)
      throws DataException {
    return new TextParts(
        text(place, folder.resolve(names.train())),
        Optional.of(
            new TextParts.Others(
                text(place, folder.resolve(names.validation())),
                text(place, folder.resolve(names.test())))),
        names.separated());
  }

  private static String text(DataDirectory place, Path file) throws DataException {
    try {
      return Utf8.decode(place.read(file));
    } catch (NotUtf8Exception e) {
      throw place.problem(file, e.getMessage(), e);
    }
  }
}
