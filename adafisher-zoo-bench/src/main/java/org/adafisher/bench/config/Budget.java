package org.adafisher.bench.config;

/** How long each run lasts. */
public sealed interface Budget {

  /**
   * Passes over the training part.
   *
   * @param count how many; for the reference optimizer alone where the wall-clock is shared out
   * @param equalWallClock whether every other optimizer gets the time that the reference's epochs
   *     take, its schedule stretched to the steps it can do in that time, as in the AdaFisher paper
   */
  record Epochs(int count, boolean equalWallClock) implements Budget {}

  /**
   * The same time for every optimizer.
   *
   * @param count seconds of training steps, measuring excluded
   */
  record Seconds(double count) implements Budget {}
}
