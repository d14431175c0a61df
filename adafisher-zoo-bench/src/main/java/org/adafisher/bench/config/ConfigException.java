package org.adafisher.bench.config;

import java.nio.file.Path;

/** A mistake in a configuration; the message is one sentence, with the file and the line. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  ConfigException(Path file, int line, String sentence) {
    super(file + ":" + line + ": " + sentence);
  }

  ConfigException(Path file, String sentence) {
    super(file + ": " + sentence);
  }

  /**
   * A mistake that shows when the configuration is used.
   *
   * @param file or folder
   * @param cause what led to it, or null
   */
  public ConfigException(Path file, String sentence, Throwable cause) {
    super(file + ": " + sentence, cause);
  }

  /** A mistake on the command line. */
  public ConfigException(String sentence) {
    super(sentence);
  }
}
