package org.nd4j.nativeblas;

import java.util.stream.Stream;
import org.adafisher.onednn.OneDnn;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.layers.mkldnn.MKLDNNSubsamplingHelper;

/**
 * The name under which Deeplearning4j 1.0.0-M2.1 looks for the CPU backend's settings. The class
 * itself has moved to {@code org.nd4j.linalg.cpu.nativecpu.bindings}, so that Deeplearning4j finds
 * none and takes oneDNN for missing.
 */
public final class Nd4jCpu {

  private Nd4jCpu() {}

  /** What Deeplearning4j's helpers ask whether they may run. */
  public static final class Environment {

    private static final Environment INSTANCE = new Environment();

    private Environment() {}

    /**
     * The one instance.
     *
     * @return it
     */
    public static Environment getInstance() {
      return INSTANCE;
    }

    /**
     * Whether a layer that is being made takes its helper: if oneDNN was switched on by {@link
     * OneDnn#enable}, was not switched off in the backend since, and the helper is right.
     *
     * @return whether the helper that asks may run
     */
    public boolean isUseMKLDNN() {
      return OneDnn.status().enabled()
          && org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance().isUseONEDNN()
          && !StackWalker.getInstance().walk(Environment::asksForAWrongHelper);
    }

    /**
     * Deeplearning4j does not say which layer asks, its stack does. Pooling's helper ignores
     * avgPoolIncludePadInDivisor, and does nothing else that the natives would not do without it.
     * Batch normalization's cannot go back through a pass of inference, which is all that
     * FrozenLayerWithBackprop does.
     */
    private static boolean asksForAWrongHelper(Stream<StackWalker.StackFrame> stack) {
      return stack
          .map(StackWalker.StackFrame::getClassName)
          .anyMatch(
              name ->
                  name.equals(MKLDNNSubsamplingHelper.class.getName())
                      || name.equals(FrozenLayerWithBackprop.class.getName()));
    }
  }
}
