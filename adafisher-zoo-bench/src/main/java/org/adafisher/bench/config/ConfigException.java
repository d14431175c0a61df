package org.adafisher.bench.config;

import java.nio.file.Path;

/** A mistake in a configuration file; the message is one sentence with the file and the line. */
public final class ConfigException extends Exception {

  private static final long serialVersionUID = 1L;

  ConfigException(Path file, int line, String sentence) {
    super(file + ":" + line + ": " + sentence);
  }

  ConfigException(Path file, String sentence) {
    super(file + ": " + sentence);
  }
}
