package org.adafisher.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.adafisher.bench.config.ConfigException;
import org.adafisher.bench.config.ConfigReader;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.data.Datasets;
import org.adafisher.bench.model.ModelType;
import org.adafisher.bench.model.Models;
import org.adafisher.bench.optimizer.Optimizers;
import org.adafisher.bench.registry.Described;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Registry;
import org.adafisher.bench.text.Tokenizers;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what a configuration can name. */
@Command(
    name = "list",
    description = "Lists problems, models, data sets and optimizers, with one line each.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Callable<Integer> {

  @Option(
      names = "--configs",
      paramLabel = "DIRECTORY",
      defaultValue = "config",
      description = "Where the problems are: YAML files (default: ${DEFAULT-VALUE}).")
  private Path configs;

  @Override
  public Integer call() throws IOException {
    print(System.out, "Problems, each a file for run, tune or cost", problems());
    print(System.out, "Models", lines(Models.REGISTRY, ListCommand::model));
    print(System.out, "Data sets", lines(Datasets.REGISTRY, Described::description));
    print(System.out, "Tokenizers", lines(Tokenizers.REGISTRY, Described::description));
    print(
        System.out,
        "Optimizers",
        lines(Optimizers.REGISTRY, o -> o.description() + settings(o.parameters())));
    return 0;
  }

  private static String model(ModelType model) {
    return model.description() + settings(model.parameters());
  }

  private static String settings(List<Parameter> parameters) {
    return parameters.isEmpty()
        ? ""
        : parameters.stream().map(Parameter::name).collect(Collectors.joining(", ", " [", "]"));
  }

  private static <T> Map<String, String> lines(Registry<T> registry, Function<T, String> line) {
    Map<String, String> lines = new LinkedHashMap<>();
    registry.names().forEach(name -> lines.put(name, line.apply(registry.get(name))));
    return lines;
  }

  private Map<String, String> problems() throws IOException {
    Map<String, String> lines = new LinkedHashMap<>();
    if (!Files.isDirectory(configs)) {
      lines.put(configs + "/", "no such folder here; --configs names another");
      return lines;
    }
    try (Stream<Path> files = Files.walk(configs)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        lines.put(file.toString(), problem(file));
      }
    }
    return lines;
  }

  private static String problem(Path file) {
    try {
      ExperimentConfig config = ConfigReader.read(file);
      return (config.name() + (config.description().isEmpty() ? "" : ": " + config.description()))
          .replaceAll("\\s+", " ");
    } catch (ConfigException e) {
      return "cannot be used: " + e.getMessage();
    }
  }

  private static void print(PrintStream out, String title, Map<String, String> lines) {
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(1);
    out.printf("%s%n", title);
    lines.forEach((name, line) -> out.printf("  %-" + width + "s  %s%n", name, line.strip()));
    out.println();
  }
}
