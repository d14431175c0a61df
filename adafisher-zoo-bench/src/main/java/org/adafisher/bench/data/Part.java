package org.adafisher.bench.data;

/** The parts of a data set, which share no example. */
public enum Part {
  /** What is trained on. */
  TRAIN,
  /** What is chosen by: learning rates, and the curves while training goes on. */
  VALIDATION,
  /** What is reported, measured when training is over, never chosen by. */
  TEST
}
