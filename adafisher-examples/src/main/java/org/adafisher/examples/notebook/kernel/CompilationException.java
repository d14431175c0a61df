package org.adafisher.examples.notebook.kernel;

/** A cell that is no Java. Its message has the compiler's words and the place. */
final class CompilationException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  CompilationException(String message) {
    super(message, null, false, false); // where the compiler was called is nobody's business
  }
}
