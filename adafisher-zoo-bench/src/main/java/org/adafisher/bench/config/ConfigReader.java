package org.adafisher.bench.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.adafisher.bench.backend.Backend;
import org.adafisher.bench.backend.Natives;
import org.adafisher.bench.data.Augmentation;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.DatasetType;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.data.Task;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.file.FileNames;
import org.adafisher.bench.model.ModelType;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.OptimizerType;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.optimizer.Schedules;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Parameter.Range;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.Target;
import org.adafisher.bench.text.Tokenizers;

/**
 * Reads an experiment from a YAML file, strictly: a key that nobody reads is a mistake, since it is
 * usually a misspelt one whose default would silently be used.
 */
public final class ConfigReader {

  private static final List<String> KEYS =
      List.of(
          "name",
          "description",
          "backend",
          "natives",
          "output",
          "data",
          "models",
          "batchSize",
          "epochs",
          "seconds",
          "protocol",
          "seeds",
          "schedule",
          "reference",
          "targets",
          "optimizers",
          "tuning",
          "sweep",
          "cost");

  private static final List<String> DATA_KEYS =
      List.of(
          "name",
          "directory",
          "file",
          "train",
          "validation",
          "test",
          "imageSize",
          "channels",
          "augmentation",
          "tokenizer",
          "vocabulary",
          "context");

  private static final String EQUAL_EPOCHS = "equal-epochs";
  private static final String EQUAL_WALL_CLOCK = "equal-wall-clock";
  private static final int DEFAULT_COST_ROUNDS = 30;
  private static final int DEFAULT_TRIALS = 5;
  private static final double DEFAULT_RATIO = Math.sqrt(10);

  private ConfigReader() {}

  /**
   * The experiment in a file.
   *
   * @throws ConfigException at the first mistake
   */
  public static ExperimentConfig read(Path file) throws ConfigException {
    return read(file, content(file));
  }

  /**
   * What a file holds.
   *
   * @throws ConfigException if it cannot be read
   */
  public static byte[] content(Path file) throws ConfigException {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException(file, "there is no such file");
    } catch (IOException e) {
      throw new ConfigException(file, "the file cannot be read (" + e.getMessage() + ")");
    }
  }

  /**
   * The experiment in what a file holds.
   *
   * @param file for error messages
   * @throws ConfigException at the first mistake
   */
  public static ExperimentConfig read(Path file, byte[] content) throws ConfigException {
    Section root = new Section(file, YamlNode.read(file, content), "an experiment");
    root.allow(KEYS);
    List<OptimizerConfig> optimizers = optimizers(root);
    List<Integer> seeds = root.counts("seeds");
    Budget budget = budget(root);
    ExperimentConfig config =
        new ExperimentConfig(
            root.name("name"),
            root.has("description") ? root.text("description") : "",
            root.has("backend") ? backend(root) : Backend.CPU,
            natives(root),
            path(root, "output"),
            data(root),
            models(root),
            root.count("batchSize"),
            budget,
            seeds,
            root.choice("schedule", Schedules.REGISTRY),
            root.name("reference"),
            targets(root),
            optimizers,
            root.has("tuning") ? Optional.of(tuning(root, budget, seeds)) : Optional.empty(),
            root.has("sweep") ? Optional.of(sweep(root)) : Optional.empty(),
            root.has("cost") ? costRounds(root.section("cost")) : DEFAULT_COST_ROUNDS);
    List<String> names = optimizers.stream().map(OptimizerConfig::name).toList();
    if (!names.contains(config.reference())) {
      throw root.mistake(
          "reference",
          "the reference '%s' is none of the optimizers: %s"
              .formatted(config.reference(), String.join(", ", names)));
    }
    return config;
  }

  private static Backend backend(Section root) throws ConfigException {
    return Backend.valueOf(
        root.choice("backend", Arrays.stream(Backend.values()).map(Backend::toString).toList())
            .toUpperCase(Locale.ROOT));
  }

  private static Optional<Natives> natives(Section root) throws ConfigException {
    if (!root.has("natives")) {
      return Optional.empty();
    }
    Natives natives =
        Natives.valueOf(
            root.choice("natives", Arrays.stream(Natives.values()).map(Natives::toString).toList())
                .toUpperCase(Locale.ROOT));
    if (root.has("backend") && backend(root) != Backend.CPU) {
      throw root.mistake("natives", "'natives' is for backend: cpu");
    }
    return Optional.of(natives);
  }

  private static Path path(Section section, String key) throws ConfigException {
    try {
      return FileNames.path(section.line(key));
    } catch (InvalidPathException e) {
      throw section.mistake(
          key,
          "'%s' cannot be %s: %s".formatted(key, YamlNode.quoted(e.getInput()), e.getReason()));
    }
  }

  private static Budget budget(Section root) throws ConfigException {
    boolean timed = root.has("seconds");
    if (timed == root.has("epochs")) {
      throw timed
          ? root.mistake("seconds", "'epochs' and 'seconds' are both given, one of them is allowed")
          : root.missing("epochs' or 'seconds");
    }
    if (timed) {
      if (root.has("protocol")) {
        throw root.mistake(
            "protocol", "'protocol' goes with 'epochs'; 'seconds' are equal wall-clock already");
      }
      return new Budget.Seconds(root.number("seconds", Range.POSITIVE));
    }
    boolean equalWallClock =
        root.has("protocol")
            && root.choice("protocol", List.of(EQUAL_EPOCHS, EQUAL_WALL_CLOCK))
                .equals(EQUAL_WALL_CLOCK);
    return new Budget.Epochs(root.count("epochs"), equalWallClock);
  }

  private static DataConfig data(Section root) throws ConfigException {
    if (!root.isGroup("data")) {
      String type = root.choice("data", Datasets.REGISTRY);
      needDirectory(root, "data", type);
      return new DataConfig(type, DataRequest.plain());
    }
    Section section = root.section("data");
    section.allow(DATA_KEYS);
    String type = section.choice("name", Datasets.REGISTRY);
    if (!section.has("directory") && !section.has("file")) {
      needDirectory(section, "name", type);
    }
    if (!Datasets.REGISTRY.get(type).images()) {
      refuse(
          section,
          List.of("imageSize", "channels", "augmentation"),
          "is for images, which %s is not".formatted(type));
    }
    if (Datasets.REGISTRY.get(type).task() != Task.LANGUAGE) {
      refuse(
          section,
          List.of("file", "tokenizer", "vocabulary", "context"),
          "is for text in tokens, which %s is not".formatted(type));
    }
    if (section.has("directory")) {
      refuse(section, List.of("file"), "and 'directory' are both given, one of them is allowed");
    }
    return new DataConfig(
        type,
        new DataRequest(
            directory(section),
            optionalCount(section, "train"),
            optionalCount(section, "validation"),
            optionalCount(section, "test"),
            optionalCount(section, "imageSize"),
            channels(section),
            section.has("augmentation")
                ? augmentation(section.section("augmentation"))
                : Augmentation.NONE,
            text(section)));
  }

  private static void refuse(Section section, List<String> keys, String why)
      throws ConfigException {
    for (String key : keys) {
      if (section.has(key)) {
        throw section.mistake(key, "'%s' %s".formatted(key, why));
      }
    }
  }

  private static Optional<Path> directory(Section section) throws ConfigException {
    for (String key : List.of("directory", "file")) {
      if (section.has(key)) {
        return Optional.of(path(section, key));
      }
    }
    return Optional.empty();
  }

  private static TextForm text(Section section) throws ConfigException {
    return new TextForm(
        section.has("tokenizer")
            ? section.choice("tokenizer", Tokenizers.REGISTRY)
            : TextForm.DEFAULT.tokenizer(),
        optionalCount(section, "vocabulary"),
        section.has("context") ? section.count("context") : TextForm.DEFAULT.context());
  }

  private static void needDirectory(Section section, String key, String type)
      throws ConfigException {
    DatasetType data = Datasets.REGISTRY.get(type);
    if (data.needsDirectory()) {
      String place = data.task() == Task.LANGUAGE ? "file" : "directory";
      throw section.mistake(
          key,
          "the data set '%s' needs its files, say where: {name: %s, %s: ...}"
              .formatted(type, type, place));
    }
  }

  private static OptionalInt channels(Section section) throws ConfigException {
    OptionalInt channels = optionalCount(section, "channels");
    if (channels.isPresent() && channels.getAsInt() != 1 && channels.getAsInt() != 3) {
      throw section.mistake(
          "channels", "'channels' has to be 1 (grey) or 3 (RGB), not " + channels.getAsInt());
    }
    return channels;
  }

  private static Augmentation augmentation(Section section) throws ConfigException {
    section.allow(List.of("crop", "flip", "cutout"));
    return new Augmentation(
        optionalCount(section, "crop").orElse(0),
        section.has("flip") && section.flag("flip"),
        optionalCount(section, "cutout").orElse(0));
  }

  private static OptionalInt optionalCount(Section section, String key) throws ConfigException {
    return section.has(key) ? OptionalInt.of(section.count(key)) : OptionalInt.empty();
  }

  private static List<ModelConfig> models(Section root) throws ConfigException {
    List<ModelConfig> models = new ArrayList<>();
    for (Section.Item item : root.items("models")) {
      ModelConfig model = item.isGroup() ? model(item.section()) : model(item);
      if (models.stream().anyMatch(m -> m.name().equals(model.name()))) {
        throw item.mistake("two models are called '" + model.name() + "', give one another 'name'");
      }
      models.add(model);
    }
    return models;
  }

  private static ModelConfig model(Section.Item item) throws ConfigException {
    String type = item.choice(Models.REGISTRY);
    Map<String, Double> values = new HashMap<>();
    for (Parameter parameter : Models.REGISTRY.get(type).parameters()) {
      values.put(
          parameter.name(),
          parameter
              .defaultValue()
              .orElseThrow(
                  () ->
                      new IllegalStateException(
                          "model parameter " + parameter.name() + " has no default")));
    }
    return new ModelConfig(type, type, values);
  }

  private static ModelConfig model(Section section) throws ConfigException {
    String type = section.choice("type", Models.REGISTRY);
    ModelType model = Models.REGISTRY.get(type);
    Map<String, Double> values = values(section, model.parameters());
    return new ModelConfig(section.has("name") ? section.name("name") : type, type, values);
  }

  private static List<OptimizerConfig> optimizers(Section root) throws ConfigException {
    List<OptimizerConfig> optimizers = new ArrayList<>();
    for (Section section : root.sections("optimizers")) {
      String typeName = section.choice("type", Optimizers.REGISTRY);
      OptimizerType type = Optimizers.REGISTRY.get(typeName);
      Map<String, Double> values = values(section, type.parameters());
      OptimizerConfig optimizer = new OptimizerConfig(section.name("name"), typeName, values);
      if (optimizers.stream().anyMatch(o -> o.name().equals(optimizer.name()))) {
        throw section.mistake(
            "name",
            "two optimizers are called '" + optimizer.name() + "', each needs a name of its own");
      }
      optimizers.add(optimizer);
    }
    return optimizers;
  }

  /** The values of a group that has a name, a type and these parameters. */
  private static Map<String, Double> values(Section section, List<Parameter> parameters)
      throws ConfigException {
    List<String> keys = new ArrayList<>(List.of("name", "type"));
    parameters.forEach(p -> keys.add(p.name()));
    section.allow(keys);
    Map<String, Double> values = new HashMap<>();
    for (Parameter parameter : parameters) {
      boolean useDefault = parameter.defaultValue().isPresent() && !section.has(parameter.name());
      values.put(
          parameter.name(),
          useDefault
              ? parameter.defaultValue().getAsDouble()
              : section.number(parameter.name(), parameter.range()));
    }
    return values;
  }

  /** Without any, the reference's final training loss and validation accuracy. */
  private static List<Target> targets(Section root) throws ConfigException {
    if (!root.has("targets")) {
      return List.of(
          new Target(Measure.TRAIN_LOSS, OptionalDouble.empty()),
          new Target(Measure.VALIDATION_ACCURACY, OptionalDouble.empty()));
    }
    Section section = root.section("targets");
    section.allow(Arrays.stream(Measure.values()).map(Measure::key).toList());
    List<Target> targets = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      if (section.has(measure.key())) {
        Range range = measure == Measure.VALIDATION_ACCURACY ? Range.SHARE : Range.POSITIVE;
        targets.add(new Target(measure, OptionalDouble.of(section.number(measure.key(), range))));
      }
    }
    return targets;
  }

  private static TuningConfig tuning(Section root, Budget budget, List<Integer> seeds)
      throws ConfigException {
    Section section = root.section("tuning");
    section.allow(List.of("trials", "ratio", "epochs", "seeds", "measure"));
    if (!(budget instanceof Budget.Epochs epochs)) {
      throw root.mistake("tuning", "'tuning' goes with 'epochs', not with 'seconds'");
    }
    int trials = section.has("trials") ? section.count("trials") : DEFAULT_TRIALS;
    if (trials % 2 == 0) {
      throw section.mistake(
          "trials", "'trials' has to be odd, so that a rate is in the middle, not " + trials);
    }
    double ratio = section.has("ratio") ? section.number("ratio", Range.POSITIVE) : DEFAULT_RATIO;
    if (ratio <= 1) {
      throw section.mistake("ratio", "'ratio' has to be a number above 1");
    }
    List<Integer> tuningSeeds = section.counts("seeds");
    for (int seed : tuningSeeds) {
      if (seeds.contains(seed)) {
        throw section.mistake(
            "seeds",
            "the seed %d is also one of the experiment's, which have to be fresh".formatted(seed));
      }
    }
    String measure =
        section.has("measure")
            ? section.choice(
                "measure",
                List.of(Measure.VALIDATION_ACCURACY.key(), Measure.VALIDATION_LOSS.key()))
            : Measure.VALIDATION_LOSS.key();
    return new TuningConfig(
        trials,
        ratio,
        section.has("epochs") ? section.count("epochs") : epochs.count(),
        tuningSeeds,
        Arrays.stream(Measure.values()).filter(m -> m.key().equals(measure)).findFirst().get());
  }

  private static SweepConfig sweep(Section root) throws ConfigException {
    if (root.has("tuning")) {
      throw root.mistake("sweep", "'sweep' and 'tuning' are both given, one of them is allowed");
    }
    Section section = root.section("sweep");
    section.allow(List.of("learningRates", "batchSizes"));
    return new SweepConfig(
        section.numbers("learningRates", Range.POSITIVE), section.counts("batchSizes"));
  }

  private static int costRounds(Section section) throws ConfigException {
    section.allow(List.of("rounds"));
    return section.count("rounds");
  }
}
