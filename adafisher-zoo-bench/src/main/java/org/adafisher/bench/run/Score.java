package org.adafisher.bench.run;

import java.util.Iterator;
import org.adafisher.bench.data.Task;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.evaluation.classification.EvaluationBinary;
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
 * @param loss mean cross-entropy of a prediction in nats, the same for every model whatever its own
 *     loss function adds
 * @param accuracy share of right predictions, 0 to 1
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
    Evaluation classes = new Evaluation();
    EvaluationBinary pixels = new EvaluationBinary();
    double sum = 0;
    double predictions = 0;
    long seen = 0;
    while (batches.hasNext() && seen < examples) {
      DataSet batch = batches.next();
      INDArray labels = batch.getLabels();
      INDArray output = Networks.output(network, batch.getFeatures());
      BooleanIndexing.replaceWhere(output, 0, Conditions.isNan());
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

  private static double logLikelihood(INDArray labels, INDArray probabilities) {
    INDArray clipped = Transforms.max(probabilities, LEAST_PROBABILITY, true);
    return Transforms.log(clipped, false).muli(labels).sumNumber().doubleValue();
  }
}
