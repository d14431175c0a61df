package org.adafisher.bench.rival.adahessian;

import java.util.Collections;
import java.util.List;
import org.adafisher.capture.Network;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The Hessian of a network's loss on the minibatch at hand, times a vector, by a central difference
 * of gradients.
 */
final class HessianProduct {

  /** Of a float. */
  private static final double FLOAT_PRECISION = Math.ulp(1f);

  private static final double DOUBLE_PRECISION = Math.ulp(1.0);

  /** Below it the parameters' root mean square says nothing of how the loss bends. */
  private static final double SMALLEST_SCALE = 1e-2;

  private static final TrainingListener SILENT = new BaseTrainingListener() {};

  private final Network network;
  private final Model model;

  /**
   * @param network between a gradient and its step: with input and labels
   */
  HessianProduct(Network network) {
    this.network = network;
    this.model = network.model();
  }

  /**
   * The product. Everything is as it was afterwards, also if a pass throws.
   *
   * @param z as long as the parameters
   * @return 1-d, of the mean loss over the minibatch, without L1 and L2
   */
  INDArray times(INDArray z) {
    INDArray parameters = flat(model.params());
    INDArray gradient = flat(model.getGradientsViewArray());
    INDArray parametersBefore = parameters.dup();
    INDArray gradientBefore = gradient.dup();
    double scoreBefore = model.score();
    Random random = Nd4j.getRandom();
    long root = random.rootState();
    long node = random.nodeState();
    // In place: the network's own list is being walked, and may not change its size.
    List<TrainingListener> live = (List<TrainingListener>) network.listeners();
    List<TrainingListener> listeners = List.copyOf(live);
    try {
      Collections.fill(live, SILENT);
      double h = difference(parametersBefore);
      INDArray hz = z.mul(h);
      parameters.addi(hz);
      pass();
      INDArray product = gradient.dup();
      parameters.assign(parametersBefore).subi(hz);
      random.setStates(root, node); // the same dropout masks
      pass();
      // Deeplearning4j's gradient is a sum over the minibatch until its updater divides it.
      return product.subi(gradient).muli(network.minibatch().lossScale() / (2 * h));
    } finally {
      for (int i = 0; i < listeners.size(); i++) {
        live.set(i, listeners.get(i));
      }
      random.setStates(root, node);
      parameters.assign(parametersBefore);
      gradient.assign(gradientBefore);
      setScore(scoreBefore);
    }
  }

  private static INDArray flat(INDArray vector) {
    return vector.reshape(vector.length());
  }

  private void pass() {
    model.computeGradientAndScore(LayerWorkspaceMgr.noWorkspaces());
  }

  private static double difference(INDArray parameters) {
    double precision = parameters.dataType() == DataType.FLOAT ? FLOAT_PRECISION : DOUBLE_PRECISION;
    double scale = parameters.norm2Number().doubleValue() / Math.sqrt((double) parameters.length());
    return Math.scalb(1, Math.getExponent(Math.cbrt(precision) * Math.max(scale, SMALLEST_SCALE)));
  }

  private void setScore(double score) {
    if (network instanceof Network.Stack stack) {
      stack.model().setScore(score);
    } else {
      ((Network.Graph) network).model().setScore(score);
    }
  }
}
