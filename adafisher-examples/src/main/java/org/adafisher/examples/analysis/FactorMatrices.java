package org.adafisher.examples.analysis;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.rival.SignalRows;
import org.adafisher.capture.LayerSignal;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Network;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The full Kronecker factors of one layer on one minibatch, of which AdaFisher keeps the diagonals:
 *
 * <pre>
 * H = mean over rows of h h^T        S = mean over rows of s s^T
 * </pre>
 *
 * <p>with h the layer's input, a 1 appended if it has a bias, and s = dL/dz of the loss that is
 * minimised. A row is an example of a dense or output layer (a time step that is not masked), an
 * output position of an example of a 2-d convolution, whose h is the patch that the kernel meets:
 * [channels * kernel height * kernel width] in this order. The diagonals are what the library's
 * estimators compute before any normalising or averaging.
 *
 * @param layer its name
 * @param h [inputs][inputs], symmetric, the bias last
 * @param s [units][units], symmetric
 */
public record FactorMatrices(String layer, double[][] h, double[][] s) {

  private static final List<Class<?>> DENSE =
      List.of(DenseLayer.class, OutputLayer.class, RnnOutputLayer.class);
  private static final List<Class<?>> CONVOLUTION =
      List.of(ConvolutionLayer.class, Convolution2D.class);

  /**
   * Looks at a layer. The network is left as it is: the pass, a training pass with dropout and the
   * minibatch's statistics in batch normalization, is a copy's.
   *
   * @param network a MultiLayerNetwork or ComputationGraph with one input and one output, whatever
   *     its updater
   * @param batch a minibatch with labels
   * @param layer name of a dense, output or 2-d convolution layer
   * @return its factors, in double precision
   * @throws IllegalArgumentException if there is no such layer, or none of these kinds
   */
  public static FactorMatrices of(Model network, DataSet batch, String layer) {
    Model copy = copyOf(network);
    Layer watched = layerWithFactors(copy, layer);
    Capture capture = new Capture(watched);
    copy.setListeners(capture);
    pass(copy, batch);
    return new FactorMatrices(layer, capture.h, capture.s);
  }

  /**
   * @param network a MultiLayerNetwork or ComputationGraph
   * @return names of the layers whose full factors can be had, in the network's order
   */
  public static List<String> layers(Model network) {
    return byName(network).entrySet().stream()
        .filter(entry -> hasFullFactors(entry.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /**
   * @return the diagonal of H: [inputs], the bias last
   */
  public double[] inputDiagonal() {
    return Matrices.diagonal(h);
  }

  /**
   * @return the diagonal of S: [units]
   */
  public double[] gradientDiagonal() {
    return Matrices.diagonal(s);
  }

  /**
   * @throws IllegalArgumentException if there is no such layer, or its full factors cannot be had
   */
  static Layer layerWithFactors(Model network, String name) {
    Layer layer = byName(network).get(name);
    if (layer == null) {
      throw new IllegalArgumentException(
          "There is no layer '%s' with parameters in this network; it has %s."
              .formatted(name, byName(network).keySet()));
    }
    if (!hasFullFactors(layer)) {
      throw new IllegalArgumentException(
          "Layer '%s' is a %s; full factors are there for dense (without hasLayerNorm), output and 2-d convolution layers."
              .formatted(name, layer.conf().getLayer().getClass().getSimpleName()));
    }
    return layer;
  }

  /** Under a layer normalization dL/dz is not the gradient that the weights meet. */
  private static boolean hasFullFactors(Layer layer) {
    Class<?> kind = layer.conf().getLayer().getClass();
    return CONVOLUTION.contains(kind)
        || DENSE.contains(kind)
            && !layer.paramTable().containsKey(DefaultParamInitializer.GAIN_KEY);
  }

  private static Map<String, Layer> byName(Model network) {
    Map<String, Layer> layers = new LinkedHashMap<>();
    for (Trainable trainable : Network.of(network).trainables()) {
      Layer layer = Network.layerOf(trainable);
      if (layer != null && trainable.numParams() > 0) {
        layers.put(trainable.getConfig().getLayerName(), layer);
      }
    }
    return layers;
  }

  private static Model copyOf(Model network) {
    return network instanceof MultiLayerNetwork stack
        ? stack.clone()
        : ((ComputationGraph) Network.of(network).model()).clone();
  }

  private static void pass(Model network, DataSet batch) {
    if (network instanceof MultiLayerNetwork stack) {
      stack.setInput(batch.getFeatures());
      stack.setLabels(batch.getLabels());
      stack.setLayerMaskArrays(batch.getFeaturesMaskArray(), batch.getLabelsMaskArray());
      stack.computeGradientAndScore();
    } else {
      ComputationGraph graph = (ComputationGraph) network;
      graph.setInputs(batch.getFeatures());
      graph.setLabels(batch.getLabels());
      graph.setLayerMaskArrays(
          arrayOrNull(batch.getFeaturesMaskArray()), arrayOrNull(batch.getLabelsMaskArray()));
      graph.computeGradientAndScore();
    }
  }

  private static INDArray[] arrayOrNull(INDArray mask) {
    return mask == null ? null : new INDArray[] {mask};
  }

  /** Taps one layer for one backward pass. */
  private static final class Capture extends BaseTrainingListener {

    private final Layer layer;
    private final Taps taps = new Taps();
    private double[][] h;
    private double[][] s;

    private Capture(Layer layer) {
      this.layer = layer;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      arm(model);
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
      arm(model);
    }

    /** After the forward pass: dropout remembers in the configuration what it dropped. */
    private void arm(Model model) {
      Minibatch minibatch = Network.of(model).minibatch();
      taps.arm(layer, signal -> Workspaces.outside(() -> take(signal, minibatch)));
    }

    private void take(LayerSignal signal, Minibatch minibatch) {
      SignalRows rows = SignalRows.of(signal);
      INDArray inputs =
          signal.layer().paramTable().containsKey(DefaultParamInitializer.BIAS_KEY)
              ? rows.inputsWithOne()
              : rows.inputs();
      h = secondMoment(inputs, 1, rows.count());
      s = secondMoment(rows.gradients(), minibatch.lossScale(), rows.count());
    }

    private static double[][] secondMoment(INDArray rows, double scale, double count) {
      INDArray x = rows.castTo(DataType.DOUBLE).mul(scale);
      return x.transpose().mmul(x).divi(count).toDoubleMatrix();
    }
  }
}
