package org.adafisher.bench.result;

/**
 * What a training step costs under one optimizer.
 *
 * @param model the model's name
 * @param parameters how many parameters the model has
 * @param optimizer the optimizer's name
 * @param batchSize examples a minibatch
 * @param stepMillis median time of a step, with what the optimizer does only now and then spread
 *     over the steps
 * @param ofReference median over rounds of its share of the reference optimizer's step in the same
 *     round
 * @param stateBytes the optimizer's state
 */
public record CostResult(
    String model,
    long parameters,
    String optimizer,
    int batchSize,
    double stepMillis,
    double ofReference,
    long stateBytes) {

  /** The epochs of the reference optimizer that {@link #epochs} is about, as in the paper. */
  public static final int REFERENCE_EPOCHS = 200;

  /** How many epochs it makes in the time in which the reference makes 200. */
  public double epochs() {
    return REFERENCE_EPOCHS / ofReference;
  }

  /** Whether another result is of the same model, batch size and optimizer. */
  public boolean sameStepAs(CostResult other) {
    return model.equals(other.model)
        && optimizer.equals(other.optimizer)
        && batchSize == other.batchSize;
  }
}
