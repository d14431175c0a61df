package org.adafisher.bench.model.transformer;

import org.deeplearning4j.nn.conf.graph.GraphVertex;

/** The configuration of a {@link ParameterlessVertex} with a fixed number of inputs. */
abstract class ParameterlessVertexConfiguration extends GraphVertex {

  private static final long serialVersionUID = 1L;

  /** How many inputs the vertex has. */
  abstract int inputs();

  @Override
  public final long numParams(boolean backprop) {
    return 0;
  }

  @Override
  public final int minVertexInputs() {
    return inputs();
  }

  @Override
  public final int maxVertexInputs() {
    return inputs();
  }
}
