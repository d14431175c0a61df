package org.adafisher.layers;

import java.util.Arrays;
import org.deeplearning4j.exception.DL4JInvalidInputException;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * The passes of a {@link LayerNormalization}: whatever the input, they work on rows [positions,
 * features]. ND4J's own operation is no use here, as it has no epsilon.
 */
final class LayerNormalizationLayer extends BaseLayer<LayerNormalization> {

  private static final long serialVersionUID = 1L;

  LayerNormalizationLayer(NeuralNetConfiguration conf, DataType dataType) {
    super(conf, dataType);
  }

  @Override
  public Type type() {
    return Type.NORMALIZATION;
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    applyDropOutIfNecessary(training, workspaces);
    requireFeatures();
    INDArray rows = rows(input, ArrayType.ACTIVATIONS, ArrayType.FF_WORKING_MEM, workspaces);
    standardize(rows);
    rows.muliRowVector(getParam(LayerNormalization.GAIN))
        .addiRowVector(getParam(LayerNormalization.SHIFT));
    mask(rows);
    return unfold(rows, ArrayType.ACTIVATIONS, workspaces);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    INDArray normalized =
        rows(input, ArrayType.BP_WORKING_MEM, ArrayType.BP_WORKING_MEM, workspaces);
    INDArray inverseDeviation = standardize(normalized);
    INDArray delta = rows(epsilon, ArrayType.ACTIVATION_GRAD, ArrayType.BP_WORKING_MEM, workspaces);
    mask(delta);

    INDArray product = delta.mul(normalized);
    Gradient gradient = new DefaultGradient();
    setGradient(gradient, LayerNormalization.GAIN, product);
    setGradient(gradient, LayerNormalization.SHIFT, delta);

    // d/dx: what moves the mean or the deviation of a row is taken out.
    INDArray gain = getParam(LayerNormalization.GAIN);
    product.muliRowVector(gain);
    delta.muliRowVector(gain);
    normalized.muliColumnVector(rowMeans(product));
    delta.subiColumnVector(rowMeans(delta)).subi(normalized).muliColumnVector(inverseDeviation);
    INDArray below = unfold(delta, ArrayType.ACTIVATION_GRAD, workspaces);
    return new Pair<>(gradient, backpropDropOutIfPresent(below));
  }

  private void setGradient(Gradient gradient, String parameter, INDArray rows) {
    INDArray view = gradientViews.get(parameter);
    view.assign(rows.sum(0).reshape(view.length()));
    gradient.setGradientFor(parameter, view);
  }

  private void requireFeatures() {
    long features = Positions.featuresLast(input, layerConf().isChannelsLast()).size(-1);
    if (input.rank() < 2 || features != layerConf().getNOut()) {
      throw new DL4JInvalidInputException(
          "Input of shape %s does not have %d features %s"
              .formatted(Arrays.toString(input.shape()), layerConf().getNOut(), layerId()));
    }
  }

  /**
   * A copy as [positions, features].
   *
   * @param asItIs where the copy goes if it will be handed on as it is
   * @param elsewhere where it goes if it has to be brought into another order afterwards
   */
  private INDArray rows(
      INDArray x, ArrayType asItIs, ArrayType elsewhere, LayerWorkspaceMgr workspaces) {
    INDArray featuresLast =
        Positions.featuresLast(x.castTo(dataType), layerConf().isChannelsLast());
    INDArray copy = workspaces.dup(x.rank() == 2 ? asItIs : elsewhere, featuresLast, 'c');
    long features = featuresLast.size(-1);
    return copy.reshape('c', copy.length() / features, features);
  }

  /** The other way round, in the shape of the input. */
  private INDArray unfold(INDArray rows, ArrayType type, LayerWorkspaceMgr workspaces) {
    if (input.rank() == 2) {
      return rows;
    }
    INDArray result = workspaces.createUninitialized(type, dataType, input.shape(), 'c');
    INDArray featuresLast = Positions.featuresLast(result, layerConf().isChannelsLast());
    featuresLast.assign(rows.reshape('c', featuresLast.shape()));
    return result;
  }

  /** In place; returns 1 / sqrt(variance + eps), a column. */
  private INDArray standardize(INDArray rows) {
    rows.subiColumnVector(rowMeans(rows));
    INDArray deviation = rows.norm2(1).reshape(rows.size(0), 1);
    deviation.muli(deviation).divi(rows.size(1)).addi(layerConf().getEps());
    INDArray inverse = Transforms.sqrt(deviation, false).rdivi(1);
    rows.muliColumnVector(inverse);
    return inverse;
  }

  private static INDArray rowMeans(INDArray rows) {
    return rows.mean(1).reshape(rows.size(0), 1);
  }

  private void mask(INDArray rows) {
    if (maskArray != null) {
      INDArray featuresLast = Positions.featuresLast(input, layerConf().isChannelsLast());
      rows.muliColumnVector(Positions.column(maskArray, featuresLast).castTo(dataType));
    }
  }
}
