package org.adafisher.bench.data;

/**
 * Data that cannot be used. The message is one sentence: what is wrong, with the path, and what to
 * do about it (for a missing file: where people get it).
 */
public final class DataException extends Exception {

  private static final long serialVersionUID = 1L;

  /** One sentence for the user. */
  public DataException(String sentence) {
    super(sentence);
  }

  /** The same, with what led to it. */
  public DataException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
