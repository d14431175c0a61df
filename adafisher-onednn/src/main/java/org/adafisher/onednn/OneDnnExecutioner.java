package org.adafisher.onednn;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/**
 * Runs some convolutions and pooling without oneDNN: in the natives of 1.0.0-M2.1 dilated
 * convolutions fail ("could not create a descriptor for a dilated convolution"), dilated pooling
 * returns wrong numbers, and the way back through a transposed convolution fails under Same where a
 * stride exceeds the kernel. Everything else is ND4J's own.
 */
public final class OneDnnExecutioner extends NativeOpExecutioner {

  private enum Way {
    /** oneDNN implements the operation itself, so that its context can do without. */
    WITHOUT_HELPERS,
    /**
     * The operation calls others, whose contexts are out of reach; in DOUBLE oneDNN serves none.
     */
    IN_DOUBLE
  }

  /**
   * A window that goes over so many dimensions. The operation's integer arguments are its kernel,
   * strides, padding and dilations, and whether its padding is that of Same.
   *
   * @param gaps whether strides that exceed the kernel are out of oneDNN's reach too
   */
  private record Window(int dimensions, Way way, boolean gaps) {

    Window(int dimensions, Way way) {
      this(dimensions, way, false);
    }

    boolean outOfReach(List<Long> arguments) {
      boolean same = argument(arguments, 4 * dimensions) == 1;
      for (int i = 0; i < dimensions; i++) {
        if (argument(arguments, 3 * dimensions + i) > 1
            || gaps && same && argument(arguments, dimensions + i) > argument(arguments, i)) {
          return true;
        }
      }
      return false;
    }

    private static long argument(List<Long> arguments, int index) {
      return index < arguments.size() ? arguments.get(index) : 0;
    }
  }

  private static final Window IMAGES = new Window(2, Way.WITHOUT_HELPERS);
  private static final Window VOLUMES = new Window(3, Way.WITHOUT_HELPERS);

  private static final Map<String, Window> OPERATIONS =
      Map.ofEntries(
          Map.entry("conv1d", new Window(1, Way.IN_DOUBLE)),
          Map.entry("conv1d_bp", new Window(1, Way.IN_DOUBLE)),
          Map.entry("conv2d", IMAGES),
          Map.entry("conv2d_bp", IMAGES),
          Map.entry("conv2d_input_bp", IMAGES),
          Map.entry("depthwise_conv2d", IMAGES),
          Map.entry("depthwise_conv2d_bp", IMAGES),
          Map.entry("deconv2d", IMAGES),
          Map.entry("deconv2d_tf", IMAGES),
          Map.entry("deconv2d_bp", new Window(2, Way.IN_DOUBLE, true)),
          Map.entry("maxpool2d", IMAGES),
          Map.entry("maxpool2d_bp", IMAGES),
          Map.entry("avgpool2d", IMAGES),
          Map.entry("avgpool2d_bp", IMAGES),
          Map.entry("conv3dnew", VOLUMES),
          Map.entry("conv3dnew_bp", VOLUMES),
          Map.entry("deconv3d", VOLUMES),
          Map.entry("deconv3d_bp", new Window(3, Way.IN_DOUBLE, true)),
          Map.entry("maxpool3dnew", VOLUMES),
          Map.entry("maxpool3dnew_bp", VOLUMES),
          Map.entry("avgpool3dnew", VOLUMES),
          Map.entry("avgpool3dnew_bp", VOLUMES));

  /** For ND4J, which makes it. */
  public OneDnnExecutioner() {}

  @Override
  public INDArray[] exec(CustomOp operation, OpContext context) {
    Window window = OPERATIONS.get(operation.opName());
    if (window == null || !window.outOfReach(context.getIArguments()) || !OneDnn.inNatives()) {
      return super.exec(operation, context);
    }
    return switch (window.way()) {
      case WITHOUT_HELPERS -> {
        context.allowHelpers(false);
        yield super.exec(operation, context);
      }
      case IN_DOUBLE ->
          context.getInputArrays().get(0).dataType() == DataType.FLOAT
              ? inDouble(operation, context)
              : super.exec(operation, context);
    };
  }

  private INDArray[] inDouble(CustomOp operation, OpContext context) {
    List<INDArray> outputs = context.getOutputArrays();
    OpContext wide = buildContext();
    try {
      wide.setIArguments(longs(context.getIArguments()));
      wide.setInputArrays(inDouble(context.getInputArrays()));
      wide.setOutputArrays(inDouble(outputs));
      INDArray[] results = super.exec(operation, wide);
      for (int i = 0; i < results.length; i++) {
        outputs.get(i).assign(results[i]);
      }
      return outputs.toArray(new INDArray[0]);
    } finally {
      wide.purge();
    }
  }

  private static List<INDArray> inDouble(List<INDArray> arrays) {
    return arrays.stream().map(array -> array.castTo(DataType.DOUBLE)).toList();
  }

  private static long[] longs(List<Long> values) {
    return values.stream().mapToLong(Long::longValue).toArray();
  }
}
