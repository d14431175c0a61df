package org.adafisher.bench.rival.muon;

import org.adafisher.bench.rival.BlockParameter;
import org.adafisher.bench.rival.LayerGradientUpdater;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Steps one layer's parameters by {@link Muon}. */
final class MuonUpdater extends LayerGradientUpdater<Muon> {

  MuonUpdater(Muon config) {
    super(config);
  }

  @Override
  protected void step(INDArray gradient, double learningRate, long steps) {
    long squares = 0;
    for (BlockParameter parameter : block().parameters()) {
      var interval =
          NDArrayIndex.interval(parameter.offset(), parameter.offset() + parameter.length());
      INDArray g = gradient.get(interval);
      INDArray m = array(0).get(interval);
      if (getConfig().isByAdam(block(), parameter)) {
        stepByAdam(g, m, other(squares, parameter.length()), learningRate, steps);
        squares += parameter.length();
      } else {
        stepAsMatrix(parameter, g, m, learningRate);
      }
    }
  }

  private void stepAsMatrix(BlockParameter parameter, INDArray g, INDArray m, double learningRate) {
    double momentum = getConfig().getMomentum();
    m.muli(momentum).addi(g.mul(1 - momentum));
    g.muli(1 - momentum).addi(m.mul(momentum)); // Nesterov's
    INDArray matrix = byUnit(parameter, g);
    double ratio = (double) matrix.rows() / matrix.columns();
    matrix.assign(Orthogonal.nearest(matrix).muli(learningRate * Math.sqrt(Math.max(1, ratio))));
  }

  /** A dense layer has [inputs, units], a convolution [units, channels, ...]: a view by unit. */
  private static INDArray byUnit(BlockParameter parameter, INDArray flat) {
    long[] shape = parameter.shape();
    if (shape.length == 2) {
      return flat.reshape(parameter.order(), shape).transpose();
    }
    return flat.reshape(parameter.order(), shape[0], parameter.length() / shape[0]);
  }

  private void stepByAdam(INDArray g, INDArray m, INDArray v, double learningRate, long steps) {
    double beta1 = getConfig().getBeta1();
    double beta2 = getConfig().getBeta2();
    m.muli(beta1).addi(g.mul(1 - beta1));
    v.muli(beta2).addi(g.mul(g).muli(1 - beta2));
    INDArray root =
        Transforms.sqrt(v.div(1 - Math.pow(beta2, steps + 1.0)), false).addi(Muon.EPSILON);
    double rate = getConfig().getAdamShare() * learningRate / (1 - Math.pow(beta1, steps + 1.0));
    g.assign(m).divi(root).muli(rate);
  }
}
