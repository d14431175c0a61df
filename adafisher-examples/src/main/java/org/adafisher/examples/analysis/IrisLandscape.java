package org.adafisher.examples.analysis;

import java.util.List;
import org.adafisher.AdaFisher;
import org.adafisher.Centred;
import org.adafisher.examples.analysis.Trajectory.Contestant;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * The paper's small example: an MLP of two hidden layers on Iris, whose loss is drawn in the plane
 * of the optimizers' trajectories.
 */
public final class IrisLandscape {

  private static final int HIDDEN = 6;

  /** Without it the loss falls for ever and the trajectories have no end. */
  private static final double L2 = 1e-3;

  private IrisLandscape() {}

  /**
   * AdaFisher as released and centred, Adam, and SGD with momentum 0.9, each with the best of seven
   * rates, half a decade apart.
   *
   * @return the optimizers
   */
  public static List<Contestant> contestants() {
    return List.of(
        new Contestant("AdaFisher", rates(1e-4), AdaFisher::new),
        new Contestant(
            "AdaFisher, centred", rates(3e-3), rate -> new AdaFisher(rate, new Centred())),
        new Contestant("Adam", rates(1e-3), Adam::new),
        new Contestant("SGD, momentum 0.9", rates(3e-3), rate -> new Nesterovs(rate, 0.9)));
  }

  /**
   * The network: 4 inputs, two layers of 6 tanh units, 3 classes; in double precision.
   *
   * @param updater of all layers
   * @param seed of the initial weights
   * @return a new network, not attached
   */
  public static MultiLayerNetwork network(IUpdater updater, long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .dataType(DataType.DOUBLE)
                .activation(Activation.TANH)
                .updater(updater)
                .l2(L2)
                .list()
                .layer(new DenseLayer.Builder().nOut(HIDDEN).build())
                .layer(new DenseLayer.Builder().nOut(HIDDEN).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.feedForward(4))
                .build());
    network.init();
    return network;
  }

  /**
   * Lets the {@link #contestants} go on all flowers, standardised.
   *
   * @param steps how many
   * @param grid points of the landscape along each side
   * @param seed of the initial weights
   * @return landscape and trajectories
   */
  public static Landscape compute(int steps, int grid, long seed) {
    DataSet flowers = Iris.standardised();
    return Landscape.compute(
        contestants(), updater -> network(updater, seed), flowers, steps, grid);
  }

  private static List<Double> rates(double least) {
    return List.of(
        least, least * 3, least * 10, least * 30, least * 100, least * 300, least * 1000);
  }
}
