package org.adafisher.onednn;

import java.util.List;
import java.util.Map;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.cpu.nativecpu.ops.NativeOpExecutioner;

/**
 * Runs dilated convolutions and pooling without oneDNN: in the natives of 1.0.0-M2.1 the
 * convolutions fail ("could not create a descriptor for a dilated convolution"), and pooling
 * returns wrong numbers. Everything else is ND4J's own.
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

  /** Where an operation has its dilations among its integer arguments, and what to do with it. */
  private record Dilated(Way way, int... arguments) {
    boolean in(List<Long> given) {
      for (int argument : arguments) {
        if (argument < given.size() && given.get(argument) > 1) {
          return true;
        }
      }
      return false;
    }
  }

  private static final Dilated IMAGES = new Dilated(Way.WITHOUT_HELPERS, 6, 7);
  private static final Dilated VOLUMES = new Dilated(Way.WITHOUT_HELPERS, 9, 10, 11);

  private static final Map<String, Dilated> OPERATIONS =
      Map.ofEntries(
          Map.entry("conv1d", new Dilated(Way.IN_DOUBLE, 3)),
          Map.entry("conv1d_bp", new Dilated(Way.IN_DOUBLE, 3)),
          Map.entry("conv2d", IMAGES),
          Map.entry("conv2d_bp", IMAGES),
          Map.entry("conv2d_input_bp", IMAGES),
          Map.entry("depthwise_conv2d", IMAGES),
          Map.entry("depthwise_conv2d_bp", IMAGES),
          Map.entry("deconv2d", IMAGES),
          Map.entry("deconv2d_tf", IMAGES),
          Map.entry("deconv2d_bp", new Dilated(Way.IN_DOUBLE, 6, 7)),
          Map.entry("maxpool2d", IMAGES),
          Map.entry("maxpool2d_bp", IMAGES),
          Map.entry("avgpool2d", IMAGES),
          Map.entry("avgpool2d_bp", IMAGES),
          Map.entry("conv3dnew", VOLUMES),
          Map.entry("conv3dnew_bp", VOLUMES),
          Map.entry("deconv3d", VOLUMES),
          Map.entry("deconv3d_bp", new Dilated(Way.IN_DOUBLE, 9, 10, 11)),
          Map.entry("maxpool3dnew", VOLUMES),
          Map.entry("maxpool3dnew_bp", VOLUMES),
          Map.entry("avgpool3dnew", VOLUMES),
          Map.entry("avgpool3dnew_bp", VOLUMES));

  /** For ND4J, which makes it. */
  public OneDnnExecutioner() {}

  @Override
  public INDArray[] exec(CustomOp operation, OpContext context) {
    Dilated dilated = OPERATIONS.get(operation.opName());
    if (dilated == null || !dilated.in(context.getIArguments()) || !OneDnn.inNatives()) {
      return super.exec(operation, context);
    }
    return switch (dilated.way()) {
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
