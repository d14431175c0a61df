package org.adafisher.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What a command said and with what it ended. */
record Console(int status, String out, String err) {

  static Console of(String... arguments) {
    PrintStream realOut = System.out;
    PrintStream realErr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
    try {
      int status = Main.execute(arguments);
      return new Console(
          status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(realOut);
      System.setErr(realErr);
    }
  }

  /** One line, and the status of a mistake in input. */
  static void assertMistake(String sentence, Console console) {
    assertThat(console.status()).as(console.err()).isEqualTo(2);
    assertThat(console.err().strip().lines()).hasSize(1);
    assertThat(console.err()).contains(sentence);
  }

  /** It did what it was to do. */
  Console succeeded() {
    assertThat(status).as(err).isZero();
    return this;
  }

  /** Every file below a folder with its content, byte for byte. */
  static Map<String, String> files(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        contents.put(
            folder.relativize(file).toString(),
            Files.isDirectory(file)
                ? "a folder"
                : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
    }
    return contents;
  }
}
