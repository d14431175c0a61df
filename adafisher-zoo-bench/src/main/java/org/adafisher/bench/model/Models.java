package org.adafisher.bench.model;

import static java.util.Map.entry;

import org.adafisher.bench.registry.Registry;

/** The models that a configuration can name. */
public final class Models {

  /** By name. */
  public static final Registry<Model> REGISTRY =
      Registry.of(
          "model", entry("digits-cnn", new DigitsCnn()), entry("digits-mlp", new DigitsMlp()));

  private Models() {}
}
