package org.adafisher.bench.run;

import java.util.Iterator;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.result.ChanceLevel;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Counts the answers of a part: how often each class or token is the right one, the mean of every
 * pixel. By Gibbs' inequality no prediction that is the same for all examples has less than the
 * answers' entropy as its cross-entropy, whatever it predicts; likewise no constant image has less
 * squared error than the mean one.
 */
final class Chance {

  /** How seldom guessing may be taken for something better. */
  private static final double SELDOM = 1e-3;

  private Chance() {}

  /**
   * The level of some examples.
   *
   * @param answers how many different ones there are: classes or tokens; else not used
   */
  static ChanceLevel of(Task task, int answers, Iterator<DataSet> batches) {
    return switch (task) {
      case CLASSIFICATION, SEQUENCE, LANGUAGE -> ofAnswers(counts(task, answers, batches));
      case SEGMENTATION -> ofPixels(batches);
      case RECONSTRUCTION -> ofImages(batches);
    };
  }

  private static double[] counts(Task task, int answers, Iterator<DataSet> batches) {
    double[] counts = new double[answers];
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      INDArray labels = batch.getLabels();
      if (task == Task.LANGUAGE) {
        INDArray mask = batch.getLabelsMaskArray();
        for (int example = 0; example < labels.size(0); example++) {
          for (int place = 0; place < labels.size(2); place++) {
            if (mask == null || mask.getDouble(example, place) != 0) {
              counts[(int) Math.round(labels.getDouble(example, 0, place))]++;
            }
          }
        }
      } else { // one-hot
        INDArray sums = task == Task.SEQUENCE ? labels.sum(0, 2) : labels.sum(0);
        for (int c = 0; c < answers; c++) {
          counts[c] += sums.getDouble(c);
        }
      }
    }
    return counts;
  }

  private static ChanceLevel ofAnswers(double[] counts) {
    double all = 0;
    double most = 0;
    for (double count : counts) {
      all += count;
      most = Math.max(most, count);
    }
    double entropy = 0;
    for (double count : counts) {
      entropy -= xLogX(count / all);
    }
    return new ChanceLevel(entropy, guessed(most / all, all));
  }

  /** Each pixel has its own frequency of yes. */
  private static ChanceLevel ofPixels(Iterator<DataSet> batches) {
    INDArray sums = null;
    long examples = 0;
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      INDArray sum = batch.getLabels().castTo(DataType.DOUBLE).sum(0);
      sums = sums == null ? sum : sums.addi(sum);
      examples += batch.numExamples();
    }
    if (sums == null) {
      return new ChanceLevel(Double.NaN, Double.NaN);
    }
    double entropy = 0;
    double right = 0;
    double[] yes = sums.reshape(-1).toDoubleVector();
    for (double count : yes) {
      double share = count / examples;
      entropy -= xLogX(share) + xLogX(1 - share);
      right += Math.max(share, 1 - share);
    }
    return new ChanceLevel(
        entropy / yes.length, guessed(right / yes.length, (double) examples * yes.length));
  }

  private static ChanceLevel ofImages(Iterator<DataSet> batches) {
    INDArray first = null;
    INDArray sums = null;
    double squares = 0;
    long examples = 0;
    while (batches.hasNext()) {
      DataSet batch = batches.next();
      INDArray pixels = batch.getLabels().castTo(DataType.DOUBLE);
      if (first == null) {
        first = pixels.getRow(0).dup();
        sums = first.like();
      }
      // About the first image, so that the difference of the two sums is not one of large numbers.
      INDArray deviations = pixels.subRowVector(first);
      squares += sumOfSquares(deviations);
      sums.addi(deviations.sum(0));
      examples += batch.numExamples();
    }
    return examples == 0
        ? new ChanceLevel(Double.NaN, Double.NaN)
        : new ChanceLevel((squares - sumOfSquares(sums) / examples) / examples, 0);
  }

  private static double sumOfSquares(INDArray array) {
    double norm = array.norm2Number().doubleValue();
    return norm * norm;
  }

  /** The share of right guesses that is exceeded seldom, if each is right with that probability. */
  private static double guessed(double probability, double guesses) {
    int n = (int) Math.min(Integer.MAX_VALUE, guesses);
    return n == 0
        ? Double.NaN
        : (double)
                new BinomialDistribution(null, n, Math.min(1, probability))
                    .inverseCumulativeProbability(1 - SELDOM)
            / n;
  }

  private static double xLogX(double x) {
    return x > 0 ? x * Math.log(x) : 0;
  }
}
