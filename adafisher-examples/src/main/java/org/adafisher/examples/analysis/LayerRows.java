package org.adafisher.examples.analysis;

import java.util.List;
import org.adafisher.capture.LayerSignal;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution2D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.util.ConvolutionUtils;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.convolution.Convolution;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What a layer's weights meet in one pass, as rows.
 *
 * @param inputs [rows, inputs], a 1 appended for a bias
 * @param gradients dL/dz of the summed loss, [rows, units]
 * @param count how many rows count; those that do not are 0
 */
record LayerRows(INDArray inputs, INDArray gradients, double count) {

  private static final List<Class<?>> DENSE =
      List.of(DenseLayer.class, OutputLayer.class, RnnOutputLayer.class);
  private static final List<Class<?>> CONVOLUTION =
      List.of(ConvolutionLayer.class, Convolution2D.class);
  private static final String BIAS = "b";
  private static final String GAIN = "g";

  static boolean fits(Layer layer) {
    Class<?> kind = layer.conf().getLayer().getClass();
    return CONVOLUTION.contains(kind)
        || DENSE.contains(kind) && !layer.paramTable().containsKey(GAIN);
  }

  static void require(Layer layer) {
    if (!fits(layer)) {
      throw new IllegalArgumentException(
          "Layer '%s' is a %s; full factors are there for dense (without hasLayerNorm), output and 2-d convolution layers."
              .formatted(
                  layer.conf().getLayer().getLayerName(),
                  layer.conf().getLayer().getClass().getSimpleName()));
    }
  }

  static LayerRows of(LayerSignal signal) {
    return signal.layer().conf().getLayer() instanceof ConvolutionLayer conf
        ? ofConvolution(signal, conf)
        : ofDense(signal);
  }

  private static LayerRows ofDense(LayerSignal signal) {
    INDArray gradients = signal.gradient().castTo(DataType.DOUBLE);
    INDArray inputs = withBias(signal, signal.input().castTo(DataType.DOUBLE));
    if (signal.mask() == null) {
      return new LayerRows(inputs, gradients, inputs.size(0));
    }
    INDArray mask = signal.mask().neq(0).castTo(DataType.DOUBLE);
    INDArray counts = mask.isColumnVectorOrScalar() ? mask : mask.max(true, 1);
    return new LayerRows(
        inputs.mulColumnVector(counts),
        gradients.mulColumnVector(counts),
        counts.sumNumber().doubleValue());
  }

  private static LayerRows ofConvolution(LayerSignal signal, ConvolutionLayer conf) {
    INDArray z = signal.gradient();
    long units = z.size(1);
    INDArray gradients = z.permute(0, 2, 3, 1).dup('c').reshape('c', z.length() / units, units);
    INDArray input = signal.input();
    if (conf.getCnn2dDataFormat() == CNN2DFormat.NHWC) {
      input = input.permute(0, 3, 1, 2).dup('c');
    }
    INDArray patches = patches(input.castTo(DataType.DOUBLE), conf, z.size(2), z.size(3));
    return new LayerRows(
        withBias(signal, patches), gradients.castTo(DataType.DOUBLE), gradients.size(0));
  }

  /** [batch * positions, channels * kernel height * kernel width]. */
  private static INDArray patches(
      INDArray input, ConvolutionLayer conf, long outHeight, long outWidth) {
    int[] kernel = conf.getKernelSize();
    int[] stride = conf.getStride();
    int[] dilation = conf.getDilation();
    boolean same = conf.getConvolutionMode() == ConvolutionMode.Same;
    int[] padding =
        same
            ? ConvolutionUtils.getSameModeTopLeftPadding(
                new int[] {(int) outHeight, (int) outWidth},
                new int[] {(int) input.size(2), (int) input.size(3)},
                kernel,
                stride,
                dilation)
            : conf.getPadding();
    INDArray columns =
        Nd4j.createUninitialized(
            input.dataType(),
            new long[] {input.size(0), outHeight, outWidth, input.size(1), kernel[0], kernel[1]},
            'c');
    Convolution.im2col(
        input,
        kernel[0],
        kernel[1],
        stride[0],
        stride[1],
        padding[0],
        padding[1],
        dilation[0],
        dilation[1],
        same,
        columns.permute(0, 3, 4, 5, 1, 2));
    return columns.reshape(
        'c', input.size(0) * outHeight * outWidth, input.size(1) * kernel[0] * kernel[1]);
  }

  private static INDArray withBias(LayerSignal signal, INDArray inputs) {
    return signal.layer().paramTable().containsKey(BIAS)
        ? Nd4j.hstack(inputs, Nd4j.ones(inputs.dataType(), inputs.size(0), 1))
        : inputs;
  }
}
