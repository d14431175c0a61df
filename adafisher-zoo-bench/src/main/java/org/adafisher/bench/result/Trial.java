package org.adafisher.bench.result;

/**
 * What sets a run apart from the others of an experiment.
 *
 * @param model the model's name
 * @param optimizer the optimizer's name
 * @param learningRate its learning rate at the start of the schedule
 * @param batchSize examples a minibatch
 * @param seed decides initial weights and the order of the examples
 */
public record Trial(String model, String optimizer, double learningRate, int batchSize, int seed) {}
