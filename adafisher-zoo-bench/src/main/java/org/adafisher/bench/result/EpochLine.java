package org.adafisher.bench.result;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
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
    Map<String, FactorSpread> factorSpread,
    String dataSha256,
    ChanceLevel chance) {

  static EpochLine of(RunResult run, EpochResult epoch) {
    Trial trial = run.trial();
    return new EpochLine(
        trial.model(),
        trial.optimizer(),
        trial.learningRate(),
        trial.batchSize(),
        trial.seed(),
        run.parameters(),
        run.plannedSteps(),
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
        epoch.factorSpread(),
        run.dataSha256().orElse(null),
        run.chance().orElse(null));
  }

  Trial trial() {
    return new Trial(model, optimizer, learningRate, batchSize, seed);
  }

  /** The run with these epochs. */
  RunResult run(List<EpochResult> epochs) {
    return new RunResult(
        trial(),
        parameters,
        plannedSteps,
        Optional.ofNullable(dataSha256),
        Optional.ofNullable(chance),
        epochs);
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
