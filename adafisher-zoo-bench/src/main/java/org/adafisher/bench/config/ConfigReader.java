package org.adafisher.bench.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Parameter;
import org.adafisher.bench.optimizer.Schedules;

/**
 * Reads an experiment from a YAML file, strictly: a key that nobody reads is a mistake, since it is
 * usually a misspelt one whose default would silently be used.
 */
public final class ConfigReader {

  private static final List<String> KEYS =
      List.of(
          "name",
          "output",
          "data",
          "models",
          "batchSize",
          "epochs",
          "seeds",
          "schedule",
          "reference",
          "optimizers");

  private ConfigReader() {}

  /**
   * The experiment in a file.
   *
   * @throws ConfigException at the first mistake
   */
  public static ExperimentConfig read(Path file) throws ConfigException {
    Section root = new Section(file, YamlNode.read(file), "an experiment");
    root.allow(KEYS);
    List<OptimizerConfig> optimizers = new ArrayList<>();
    for (Section section : root.sections("optimizers")) {
      OptimizerConfig optimizer = optimizer(section);
      if (optimizers.stream().anyMatch(o -> o.name().equals(optimizer.name()))) {
        throw section.mistake(
            "name",
            "two optimizers are called '" + optimizer.name() + "', each needs a name of its own");
      }
      optimizers.add(optimizer);
    }
    ExperimentConfig config =
        new ExperimentConfig(
            root.text("name"),
            output(root),
            root.choice("data", Datasets.REGISTRY),
            root.choices("models", Models.REGISTRY),
            root.count("batchSize"),
            root.count("epochs"),
            root.counts("seeds"),
            root.choice("schedule", Schedules.REGISTRY),
            root.text("reference"),
            optimizers);
    List<String> names = optimizers.stream().map(OptimizerConfig::name).toList();
    if (!names.contains(config.reference())) {
      throw root.mistake(
          "reference",
          "the reference '%s' is none of the optimizers: %s"
              .formatted(config.reference(), String.join(", ", names)));
    }
    return config;
  }

  private static Path output(Section root) throws ConfigException {
    try {
      return Path.of(root.text("output"));
    } catch (InvalidPathException e) {
      throw root.mistake("output", "'output' has to be a directory (" + e.getReason() + ")");
    }
  }

  private static OptimizerConfig optimizer(Section section) throws ConfigException {
    String typeName = section.choice("type", Optimizers.REGISTRY);
    OptimizerType type = Optimizers.REGISTRY.get(typeName);
    List<String> keys = new ArrayList<>(List.of("name", "type"));
    type.parameters().forEach(p -> keys.add(p.name()));
    section.allow(keys);
    Map<String, Double> values = new HashMap<>();
    for (Parameter parameter : type.parameters()) {
      boolean useDefault = parameter.defaultValue().isPresent() && !section.has(parameter.name());
      values.put(
          parameter.name(),
          useDefault ? parameter.defaultValue().getAsDouble() : section.number(parameter));
    }
    return new OptimizerConfig(section.text("name"), typeName, values);
  }
}
