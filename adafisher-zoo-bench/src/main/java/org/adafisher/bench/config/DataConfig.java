package org.adafisher.bench.config;

import org.adafisher.bench.data.DataRequest;

/**
 * The data of an experiment.
 *
 * @param type a name in {@link org.adafisher.bench.data.Datasets#REGISTRY}
 * @param request how much of it, and in which form
 */
public record DataConfig(String type, DataRequest request) {

  /** For messages: its name, and where its files are if the configuration says so. */
  @Override
  public String toString() {
    return request
        .directory()
        .map(place -> "the data set " + type + " in " + place)
        .orElse("the data set " + type);
  }
}
