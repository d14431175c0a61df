package org.adafisher.bench.run;

/** What is to be done with an experiment. */
public enum Work {
  /** All runs at the learning rates of the configuration, or on its sweep. */
  RUN,
  /** Learning rates are tried, then all runs made at the best ones. */
  TUNE,
  /** Training steps are timed, and nothing is trained. */
  COST
}
