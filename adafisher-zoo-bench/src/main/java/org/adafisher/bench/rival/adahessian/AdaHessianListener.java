package org.adafisher.bench.rival.adahessian;

import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.capture.Network;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Takes the Hessian's diagonal between a gradient and its step. It keeps nothing, so that one may
 * serve several networks.
 */
final class AdaHessianListener extends BaseTrainingListener {

  /** Dimensions before the kernel's in a convolution's weights. */
  private static final int CHANNEL_DIMENSIONS = 2;

  /** A part of the parameter vector and what steps it. */
  private record Stepped(AdaHessianUpdater updater, long from, long to) {

    static Stepped of(UpdaterBlock block) {
      return new Stepped(
          (AdaHessianUpdater) block.getGradientUpdater(),
          block.getParamOffsetStart(),
          block.getParamOffsetEnd());
    }

    INDArray copyOf(INDArray vector) {
      return vector.get(NDArrayIndex.interval(from, to)).dup();
    }
  }

  @Override
  public void onGradientCalculation(Model model) {
    Network network = Network.of(model);
    List<Stepped> blocks =
        network.updaterBlocks().stream()
            .filter(block -> block.getGradientUpdater() instanceof AdaHessianUpdater)
            .map(Stepped::of)
            .toList();
    blocks.forEach(block -> block.updater().passSeen());
    List<Stepped> due = blocks.stream().filter(block -> block.updater().refreshes()).toList();
    if (!due.isEmpty()) {
      Workspaces.outside(() -> refresh(network, due));
    }
  }

  private static void refresh(Network network, List<Stepped> due) {
    requireLoss(network);
    INDArray z = signs(network, due);
    INDArray diagonal = new HessianProduct(network).times(z).muli(z);
    for (Stepped block : due) {
      INDArray own = Transforms.abs(block.copyOf(diagonal), false);
      for (BlockParameter parameter : block.updater().block().parameters()) {
        averageKernels(own, parameter);
      }
      block.updater().deliver(own);
    }
  }

  private static void requireLoss(Network network) {
    // A graph tells nobody of its labels, and takes them from its layers before it gets here.
    boolean hasLoss =
        network.model() instanceof ComputationGraph graph
            ? IntStream.range(0, graph.getNumOutputArrays())
                .allMatch(output -> graph.getOutputLayer(output) instanceof IOutputLayer)
            : ((MultiLayerNetwork) network.model()).getOutputLayer() instanceof IOutputLayer output
                && output.getLabels() != null;
    if (!hasLoss) {
      throw new IllegalStateException(
          "AdaHessian differentiates the loss on the labels, of which this step has none: train"
              + " with external errors (backpropGradient) by another updater.");
    }
  }

  /** Signs for the parameters that are due, 0 for all others. */
  private static INDArray signs(Network network, List<Stepped> due) {
    long steps = due.get(0).updater().steps();
    long seed = network.model().conf().getSeed();
    SplittableRandom random = new SplittableRandom(new SplittableRandom(seed).nextLong() + steps);
    float[] signs = new float[Math.toIntExact(network.model().numParams())];
    for (Stepped block : due) {
      long bits = 0;
      for (long i = block.from(); i < block.to(); i++) {
        bits = (i - block.from()) % Long.SIZE == 0 ? random.nextLong() : bits >>> 1;
        signs[(int) i] = (bits & 1) == 0 ? -1 : 1;
      }
    }
    return Nd4j.createFromArray(signs).castTo(network.dataType());
  }

  /**
   * Replaces each value of a convolution's diagonal by the mean of its kernel.
   *
   * @param diagonal of the whole block, changed in place
   */
  static void averageKernels(INDArray diagonal, BlockParameter parameter) {
    long[] shape = parameter.shape();
    if (shape.length > CHANNEL_DIMENSIONS + 1) {
      long kernels = shape[0] * shape[1];
      INDArray byKernel =
          parameter.in(diagonal).reshape(parameter.order(), kernels, parameter.length() / kernels);
      INDArray means = byKernel.mean(1).reshape(kernels, 1);
      byKernel.assign(0).addiColumnVector(means);
    }
  }
}
