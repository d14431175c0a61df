package org.adafisher.bench.data;

import static java.util.Map.entry;

import java.util.function.Supplier;
import org.adafisher.bench.registry.Registry;

/** The data sets that a configuration can name. */
public final class Datasets {

  /** By name; a data set is loaded when its supplier is called. */
  public static final Registry<Supplier<Dataset>> REGISTRY =
      Registry.of(
          "data set", entry("digits", Digits::load), entry("digits-tuning", Digits::loadForTuning));

  private Datasets() {}
}
