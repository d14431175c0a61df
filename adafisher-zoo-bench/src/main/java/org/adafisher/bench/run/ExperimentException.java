package org.adafisher.bench.run;

/**
 * An experiment that cannot be run as it is configured; the message is one clause that says what
 * does not go together.
 */
public final class ExperimentException extends Exception {

  private static final long serialVersionUID = 1L;

  /** One clause for the user. */
  public ExperimentException(String clause) {
    super(clause);
  }

  ExperimentException(String clause, Throwable cause) {
    super(clause, cause);
  }
}
