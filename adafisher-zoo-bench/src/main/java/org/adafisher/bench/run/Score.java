package org.adafisher.bench.run;

import java.util.Iterator;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.text.Perplexity;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.EvaluationBinary;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * What a network makes of some examples.
 *
 * <p>A prediction that is not a number counts as probability 0, a certain mistake: the running
 * averages of BatchNorm can give such in the first epochs of a run that is well otherwise.
 *
 * <p>A {@link Task#RECONSTRUCTION} has no right and wrong: there, the loss is the squared error
 * summed over an image's pixels, and the accuracy the share of the pixels' variance about their
 * mean image, that of the examples seen, which the output explains.
 *
 * <p>Of a {@link Task#LANGUAGE} every token counts alike; exp(loss) is the perplexity.
 *
 * @param loss mean cross-entropy of a prediction in nats, the same for every model whatever its own
 *     loss function adds; for reconstruction the mean squared error of an image
 * @param accuracy share of right predictions, 0 to 1; for reconstruction the explained variance, 0
 *     for what is no better than the mean image
 */
record Score(double loss, double accuracy) {

  /**
   * As Deeplearning4j's own cross-entropy does, so that a certain mistake costs 23, not infinity.
   */
  private static final double LEAST_PROBABILITY = 1e-10;

  /**
   * Evaluates a network on the first examples of an iterator.
   *
   * @param examples stop after the minibatch in which so many are reached
   */
  static Score of(Model network, Task task, Iterator<DataSet> batches, long examples) {
    return switch (task) {
      case RECONSTRUCTION -> ofReconstruction(network, batches, examples);
      case LANGUAGE -> ofLanguage(network, batches, examples);
      default -> ofPredictions(network, task, batches, examples);
    };
  }

  private static Score ofLanguage(Model network, Iterator<DataSet> batches, long examples) {
    Perplexity perplexity = new Perplexity();
    long seen = 0;
    while (batches.hasNext() && seen < examples) {
      DataSet batch = batches.next();
      perplexity.eval(batch.getLabels(), output(network, batch), batch.getLabelsMaskArray());
      seen += batch.numExamples();
    }
    return new Score(perplexity.loss(), perplexity.accuracy());
  }

  private static Score ofPredictions(
      Model network, Task task, Iterator<DataSet> batches, long examples) {
    Evaluation classes = new Evaluation();
    EvaluationBinary pixels = new EvaluationBinary();
    double sum = 0;
    double predictions = 0;
    long seen = 0;
    while (batches.hasNext() && seen < examples) {
      DataSet batch = batches.next();
      INDArray labels = batch.getLabels();
      INDArray output = output(network, batch);
      sum += logLikelihood(labels, output);
      if (task == Task.SEGMENTATION) {
        sum += logLikelihood(labels.rsub(1), output.rsub(1));
        predictions += labels.length();
        pixels.eval(labels, output);
      } else {
        predictions += labels.sumNumber().doubleValue();
        classes.eval(labels, output);
      }
      seen += batch.numExamples();
    }
    return new Score(
        -sum / predictions,
        task == Task.SEGMENTATION ? pixels.averageAccuracy() : classes.accuracy());
  }

  private static Score ofReconstruction(Model network, Iterator<DataSet> batches, long examples) {
    double error = 0;
    double squares = 0;
    INDArray first = null;
    INDArray sums = null;
    long seen = 0;
    while (batches.hasNext() && seen < examples) {
      DataSet batch = batches.next();
      INDArray pixels = batch.getLabels().castTo(DataType.DOUBLE);
      error += sumOfSquares(output(network, batch).castTo(DataType.DOUBLE).subi(pixels));
      if (first == null) {
        first = pixels.getRow(0).dup();
        sums = first.like();
      }
      // About the first image, so that the difference of the two sums is not one of large numbers.
      INDArray deviations = pixels.subRowVector(first);
      squares += sumOfSquares(deviations);
      sums.addi(deviations.sum(0));
      seen += batch.numExamples();
    }
    double variance = seen == 0 ? 0 : squares - sumOfSquares(sums) / seen;
    double explained = variance > 0 ? 1 - error / variance : 0;
    return new Score(error / seen, Math.max(0, explained));
  }

  private static double sumOfSquares(INDArray array) {
    double norm = array.norm2Number().doubleValue();
    return norm * norm;
  }

  private static INDArray output(Model network, DataSet batch) {
    INDArray output = Networks.output(network, batch.getFeatures());
    BooleanIndexing.replaceWhere(output, 0, Conditions.isNan());
    return output;
  }

  private static double logLikelihood(INDArray labels, INDArray probabilities) {
    INDArray clipped = Transforms.max(probabilities, LEAST_PROBABILITY, true);
    return Transforms.log(clipped, false).muli(labels).sumNumber().doubleValue();
  }
}
