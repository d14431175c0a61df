package org.nd4j.nativeblas;

import org.adafisher.onednn.OneDnn;

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
     * Whether oneDNN was switched on by {@link OneDnn#enable} and has not been switched off in the
     * backend since.
     *
     * @return whether a layer that is being made takes its helper
     */
    public boolean isUseMKLDNN() {
      return OneDnn.status().enabled()
          && org.nd4j.linalg.cpu.nativecpu.bindings.Nd4jCpu.Environment.getInstance().isUseONEDNN();
    }
  }
}
