package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.adafisher.capture.CallTap;
import org.adafisher.capture.Minibatch;
import org.adafisher.capture.Taps;
import org.adafisher.capture.Workspaces;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The encoder of a variational auto-encoder in a supervised pass: dense layers one above the other,
 * each a part of its own. The mean that it ends in calls a function that the layer keeps to itself,
 * so its parameters have no factors; the others belong to layer-wise pretraining. A row is an
 * example: DL4J takes no masks here.
 */
final class VariationalAutoencoderEstimator implements FactorEstimator.FromPass {

  @Override
  public FactorLayout layout(Layer layer) {
    List<FactorPart> parts = new ArrayList<>();
    List<ParameterSpan> spans = new ArrayList<>();
    for (int i = 0; i < depth(layer); i++) {
      String part = part(i);
      INDArray weights = layer.getParam(part + "W");
      long inputs = weights.size(0);
      long outputs = weights.size(1);
      parts.add(FactorPart.of(part, inputs + 1, outputs));
      spans.add(new ParameterSpan(part + "W", part, 0, inputs, outputs));
      spans.add(new ParameterSpan(part + "b", part, inputs, 1, outputs));
    }
    return new FactorLayout(parts, spans);
  }

  @Override
  public Supplier<Map<String, RawFactors>> watch(Layer layer, Taps taps, Minibatch minibatch) {
    Encoder encoder = new Encoder(layer, depth(layer), taps, minibatch);
    taps.replaceConfiguration(
        layer,
        conf -> {
          BaseLayer changed = (BaseLayer) conf.getLayer();
          changed.setActivationFn(new CallTap(changed.getActivationFn(), encoder));
        });
    return () -> encoder.raw;
  }

  private static int depth(Layer layer) {
    return ((VariationalAutoencoder) layer.conf().getLayer()).getEncoderLayerSizes().length;
  }

  /** DL4J's name for one of the encoder's layers. */
  private static String part(int index) {
    return "e" + index;
  }

  /** Sees the encoder's layers upwards and then downwards, in one backward pass. */
  private static final class Encoder implements CallTap.Observer {

    private final Layer layer;
    private final int depth;
    private final Taps taps;
    private final Minibatch minibatch;
    private final List<INDArray> outputs = new ArrayList<>();
    private final Map<String, RawFactors> raw = new HashMap<>();

    private Encoder(Layer layer, int depth, Taps taps, Minibatch minibatch) {
      this.layer = layer;
      this.depth = depth;
      this.taps = taps;
      this.minibatch = minibatch;
    }

    @Override
    public void onActivation(INDArray output) {
      outputs.add(output); // valid until the end of this layer's pass
    }

    @Override
    public void onGradient(INDArray gradient) {
      int index = depth - 1 - raw.size();
      Workspaces.outside(
          () -> {
            INDArray input =
                index == 0
                    ? layer.input().castTo(gradient.dataType())
                    : outputs.get(outputs.size() - depth + index - 1);
            double rows = input.size(0);
            raw.put(
                part(index),
                new RawFactors(
                    Moments.withBias(Moments.meanSquare(input, 1, rows, 0)),
                    Moments.meanSquare(gradient, minibatch.lossScale(), rows, 0),
                    Moments.withBias(Moments.mean(input, rows, 0))));
          });
    }

    @Override
    public void onFailure() {
      taps.disarm();
    }
  }
}
