package org.adafisher.bench.result;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a run had come to at the end of an epoch. Measures are NaN once the run has diverged: once a
 * parameter is no longer a finite number.
 *
 * @param epoch counted from 1; the last one of a run may be cut short by its budget
 * @param steps minibatches so far
 * @param seconds time spent in training steps so far, measuring excluded
 * @param minibatchLoss mean of the loss of this epoch's minibatches, each just before its step, as
 *     Deeplearning4j's score without its penalties (weight decay, L1, L2): in training mode, with
 *     augmentation and dropout. BatchNorm uses the minibatch's own statistics here, and its running
 *     averages in all other measures: those lag behind for some hundred steps. NaN if it was not
 *     recorded; runs that do not say of which data they are have the penalties in it
 * @param trainLoss mean loss over a fixed sample of the training part, without augmentation,
 *     dropout or penalties
 * @param validationLoss mean loss over the validation part
 * @param validationAccuracy share of the validation part that is classified correctly, 0 to 1;
 *     where images are to be reconstructed, the share of the pixels' variance that is
 * @param medianStepMillis median time of a training step of this epoch (forward, backward, update)
 * @param meanStepMillis mean time of a training step of this epoch, which unlike the median counts
 *     what an optimizer does now and then, and every disturbance of the machine
 * @param factorSpread for AdaFisher, how F lies in each layer, by layer name; empty for others
 * @param test what the test part gave; only in the last epoch of a run that did not diverge
 */
public record EpochResult(
    int epoch,
    long steps,
    double seconds,
    double minibatchLoss,
    double trainLoss,
    double validationLoss,
    double validationAccuracy,
    double medianStepMillis,
    double meanStepMillis,
    Map<String, FactorSpread> factorSpread,
    Optional<TestResult> test) {

  /** Copies the map; its order, that of the layers, stays. */
  public EpochResult {
    factorSpread = Collections.unmodifiableMap(new LinkedHashMap<>(factorSpread));
  }

  /** Whether a trained parameter is no longer a finite number. */
  public boolean diverged() {
    return Double.isNaN(trainLoss);
  }

  /**
   * The test part at the end of a run.
   *
   * @param loss mean loss
   * @param accuracy share that is classified correctly, 0 to 1, or explained variance, as above
   */
  public record TestResult(double loss, double accuracy) {}

  /**
   * F over the parameters of one layer: the momentum is divided by it.
   *
   * @param low the least
   * @param mean the mean
   * @param high the greatest
   * @param damping the part of each that is only damping
   */
  public record FactorSpread(double low, double mean, double high, double damping) {}
}
