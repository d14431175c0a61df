package org.adafisher.capture;

import java.util.function.Supplier;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Where a delegate says what came of computing dL/dz. */
interface GradientReport {

  void computed(INDArray gradient);

  void failed();

  /** Runs a delegate's computation and reports how it went; the exception, if any, goes on. */
  default INDArray around(Supplier<INDArray> computation) {
    INDArray gradient;
    try {
      gradient = computation.get();
    } catch (RuntimeException | Error e) {
      failed();
      throw e;
    }
    computed(gradient);
    return gradient;
  }
}
