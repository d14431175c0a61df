package org.adafisher.bench.run;

import org.adafisher.bench.config.ModelConfig;
import org.adafisher.bench.config.OptimizerConfig;
import org.adafisher.bench.result.Trial;

/**
 * One run that is to be made.
 *
 * @param model what is trained
 * @param optimizer by what, at which learning rate
 * @param batchSize examples a minibatch
 * @param seed decides initial weights and the order of the examples
 */
record Arm(ModelConfig model, OptimizerConfig optimizer, int batchSize, int seed) {

  Trial trial() {
    return new Trial(model.name(), optimizer.name(), optimizer.learningRate(), batchSize, seed);
  }
}
