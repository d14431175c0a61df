package org.adafisher.examples.notebook.kernel;

/** A cell that threw. Its message names what was thrown, its stack is that of what was thrown. */
final class EvaluationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  EvaluationException(String message, Throwable cause) {
    super(message, cause);
    setStackTrace(cause.getStackTrace());
  }
}
