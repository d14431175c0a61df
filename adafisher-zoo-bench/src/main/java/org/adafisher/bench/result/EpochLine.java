package org.adafisher.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;

/** One epoch of one run as a flat JSON object, which any tool can read. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record EpochLine(
    String model,
    String optimizer,
    double learningRate,
    int batchSize,
    int seed,
    long parameters,
    long plannedSteps,
    int epoch,
    long steps,
    double seconds,
    Double minibatchLoss,
    double trainLoss,
    double validationLoss,
    double validationAccuracy,
    double medianStepMillis,
    double meanStepMillis,
    Double testLoss,
    Double testAccuracy,
    Map<String, FactorSpread> factorSpread) {

  static EpochLine of(Trial trial, long parameters, long plannedSteps, EpochResult epoch) {
    return new EpochLine(
        trial.model(),
        trial.optimizer(),
        trial.learningRate(),
        trial.batchSize(),
        trial.seed(),
        parameters,
        plannedSteps,
        epoch.epoch(),
        epoch.steps(),
        epoch.seconds(),
        epoch.minibatchLoss(),
        epoch.trainLoss(),
        epoch.validationLoss(),
        epoch.validationAccuracy(),
        epoch.medianStepMillis(),
        epoch.meanStepMillis(),
        epoch.test().map(TestResult::loss).orElse(null),
        epoch.test().map(TestResult::accuracy).orElse(null),
        epoch.factorSpread());
  }

  Trial trial() {
    return new Trial(model, optimizer, learningRate, batchSize, seed);
  }

  EpochResult result() {
    return new EpochResult(
        epoch,
        steps,
        seconds,
        minibatchLoss == null ? Double.NaN : minibatchLoss,
        trainLoss,
        validationLoss,
        validationAccuracy,
        medianStepMillis,
        meanStepMillis,
        factorSpread == null ? Map.of() : factorSpread,
        testLoss == null || testAccuracy == null
            ? Optional.empty()
            : Optional.of(new TestResult(testLoss, testAccuracy)));
  }
}
