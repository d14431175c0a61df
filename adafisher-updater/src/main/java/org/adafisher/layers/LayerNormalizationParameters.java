package org.adafisher.layers;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** A {@link LayerNormalization}'s gain and shift, in this order in the parameter vector. */
final class LayerNormalizationParameters implements ParamInitializer {

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return 2 * features(layer);
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(LayerNormalization.GAIN, LayerNormalization.SHIFT);
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of();
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return false;
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray paramsView, boolean initializeParams) {
    Map<String, INDArray> parameters = split(conf, paramsView);
    parameters.keySet().forEach(conf::addVariable);
    if (initializeParams) {
      parameters.get(LayerNormalization.GAIN).assign(1);
      parameters.get(LayerNormalization.SHIFT).assign(0);
    }
    return parameters;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray gradientView) {
    return split(conf, gradientView);
  }

  private static Map<String, INDArray> split(NeuralNetConfiguration conf, INDArray view) {
    long features = features(conf.getLayer());
    INDArray flat = view.reshape(view.length());
    Map<String, INDArray> result = new LinkedHashMap<>();
    result.put(LayerNormalization.GAIN, flat.get(NDArrayIndex.interval(0, features)));
    result.put(LayerNormalization.SHIFT, flat.get(NDArrayIndex.interval(features, 2 * features)));
    return result;
  }

  private static long features(Layer layer) {
    return ((LayerNormalization) layer).getNOut();
  }
}
