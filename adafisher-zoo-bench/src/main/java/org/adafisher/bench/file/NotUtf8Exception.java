package org.adafisher.bench.file;

import java.nio.charset.CharacterCodingException;

/** Bytes that are no text in UTF-8. The message says what they are, to go after the file's name. */
public final class NotUtf8Exception extends CharacterCodingException {

  private static final long serialVersionUID = 1L;

  private final String clause;
  private final int line;

  NotUtf8Exception(String clause, int line) {
    this.clause = clause;
    this.line = line;
  }

  @Override
  public String getMessage() {
    return clause;
  }

  /** The line of the first place that is wrong, counted from 1. */
  public int line() {
    return line;
  }
}
