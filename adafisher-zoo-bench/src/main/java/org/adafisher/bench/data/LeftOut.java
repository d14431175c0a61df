package org.adafisher.bench.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What lies in a folder of images and is not taken for one, counted by the ends of the names. */
final class LeftOut {

  private static final String FOLDER = "folder";
  private static final String NO_ENDING = "without an ending";

  private final Map<String, List<Path>> found = new TreeMap<>();

  void add(Path path) {
    String name = path.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String kind =
        Files.isDirectory(path)
            ? FOLDER
            : dot < 0 ? NO_ENDING : name.substring(dot).toLowerCase(Locale.ROOT);
    found.computeIfAbsent(kind, none -> new ArrayList<>()).add(path);
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** For example "3 .txt (cat/a.txt ...), 1 .heic (dog/b.heic)". */
  String words(Path directory) {
    return found.entrySet().stream()
        .map(
            kind ->
                "%d %s (%s%s)"
                    .formatted(
                        kind.getValue().size(),
                        kind.getKey(),
                        directory.relativize(kind.getValue().get(0)),
                        kind.getValue().size() > 1 ? " ..." : ""))
        .collect(Collectors.joining(", "));
  }
}
