package org.adafisher.bench.optimizer;

import static org.adafisher.bench.registry.Parameter.count;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.adafisher.AdaFisher;
import org.adafisher.Spectral;
import org.adafisher.bench.registry.Parameter;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * AdaFisher in the spectral formulation or one of its controls; the decay of 0.03 is part of its
 * recommended defaults.
 *
 * @param description one line
 * @param coordinates in which the polar factor is taken
 */
record SpectralOptimizer(String description, Spectral.Coordinates coordinates)
    implements OptimizerType {

  private static final Spectral DEFAULTS = new Spectral();
  private static final String BLOCK_SIZE = "blockSize";
  private static final String ITERATIONS = "iterations";

  @Override
  public List<Parameter> ownParameters() {
    return Stream.concat(
            CentredOptimizer.PARAMETERS.stream(),
            Stream.of(
                count(BLOCK_SIZE, DEFAULTS.blockSize()), count(ITERATIONS, DEFAULTS.iterations())))
        .toList();
  }

  @Override
  public double defaultWeightDecay() {
    return CentredOptimizer.DECAY;
  }

  @Override
  public IUpdater updater(ISchedule learningRate, Map<String, Double> values) {
    return CentredOptimizer.builder(learningRate, values)
        .formulation(
            new Spectral()
                .withConstants(CentredOptimizer.formulation(values))
                .withBlockSize(values.get(BLOCK_SIZE).intValue())
                .withIterations(values.get(ITERATIONS).intValue())
                .withCoordinates(coordinates))
        .build();
  }

  @Override
  public void attach(Model network, Map<String, Double> values) {
    AdaFisher.attach(network);
  }

  @Override
  public List<StepKind> stepKinds(Map<String, Double> values) {
    return CentredOptimizer.refreshing(values);
  }
}
