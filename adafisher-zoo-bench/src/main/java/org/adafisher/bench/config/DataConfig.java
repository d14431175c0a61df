package org.adafisher.bench.config;

import org.adafisher.bench.data.DataRequest;

/**
 * The data of an experiment.
 *
 * @param type a name in {@link org.adafisher.bench.data.Datasets#REGISTRY}
 * @param request how much of it, and in which form
 */
public record DataConfig(String type, DataRequest request) {}
