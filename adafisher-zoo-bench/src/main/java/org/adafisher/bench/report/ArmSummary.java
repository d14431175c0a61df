package org.adafisher.bench.report;

import java.util.OptionalInt;

/**
 * One optimizer on one model, over all seeds.
 *
 * @param model the model's name
 * @param parameters how many parameters the model has
 * @param optimizer the optimizer's name
 * @param seeds how many runs
 * @param accuracy test accuracy after the last epoch, 0 to 1
 * @param loss training loss after the last epoch
 * @param medianStepMillis median time of a training step, warm-up excluded
 * @param meanStepMillis mean time of a training step, warm-up excluded: unlike the median it counts
 *     what an optimizer does only now and then, and every disturbance of the machine
 * @param epochsToReference the first epoch after which the mean loss is no greater than the
 *     reference's final one; empty if there is none
 */
public record ArmSummary(
    String model,
    long parameters,
    String optimizer,
    int seeds,
    Spread accuracy,
    Spread loss,
    double medianStepMillis,
    double meanStepMillis,
    OptionalInt epochsToReference) {}
