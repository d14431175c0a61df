package org.adafisher.bench.backend;

/** A backend that cannot be had; the message is one sentence that says why and what to do. */
public final class BackendException extends Exception {

  private static final long serialVersionUID = 1L;

  BackendException(String sentence) {
    super(sentence);
  }

  BackendException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
