package org.adafisher.bench.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.adafisher.bench.optimizer.Parameter;
import org.adafisher.bench.registry.Registry;

/** Typed access to the keys of one group; every failure names the line and what is allowed. */
final class Section {

  private final Path file;
  private final YamlNode.Mapping mapping;

  Section(Path file, YamlNode node, String meaning) throws ConfigException {
    this.file = file;
    if (!(node instanceof YamlNode.Mapping found)) {
      throw new ConfigException(
          file,
          node.line(),
          meaning + " has to be a group of keys with values, not " + node.description());
    }
    this.mapping = found;
  }

  /** Every key has to be one of these. */
  void allow(List<String> keys) throws ConfigException {
    for (String key : mapping.entries().keySet()) {
      if (!keys.contains(key)) {
        throw new ConfigException(
            file,
            mapping.keyLines().get(key),
            "unknown key '" + key + "'; allowed: " + String.join(", ", keys));
      }
    }
  }

  boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  String text(String key) throws ConfigException {
    return text(key, required(key));
  }

  String choice(String key, Registry<?> registry) throws ConfigException {
    return choice(key, required(key), registry);
  }

  int count(String key) throws ConfigException {
    return (int) number(key, required(key), Parameter.Range.COUNT);
  }

  double number(Parameter parameter) throws ConfigException {
    return number(parameter.name(), required(parameter.name()), parameter.range());
  }

  List<String> choices(String key, Registry<?> registry) throws ConfigException {
    List<String> values = new ArrayList<>();
    for (YamlNode item : items(key)) {
      values.add(choice(key, item, registry));
    }
    return distinct(key, values);
  }

  List<Integer> counts(String key) throws ConfigException {
    List<Integer> values = new ArrayList<>();
    for (YamlNode item : items(key)) {
      values.add((int) number(key, item, Parameter.Range.COUNT));
    }
    return distinct(key, values);
  }

  List<Section> sections(String key) throws ConfigException {
    List<Section> sections = new ArrayList<>();
    for (YamlNode item : items(key)) {
      sections.add(new Section(file, item, "an entry of '" + key + "'"));
    }
    return sections;
  }

  /** A mistake in the value of that key. */
  ConfigException mistake(String key, String sentence) {
    return new ConfigException(file, mapping.entries().get(key).line(), sentence);
  }

  private YamlNode required(String key) throws ConfigException {
    YamlNode node = mapping.entries().get(key);
    if (node == null) {
      throw new ConfigException(file, mapping.line(), "the key '" + key + "' is missing");
    }
    return node;
  }

  private List<YamlNode> items(String key) throws ConfigException {
    YamlNode node = required(key);
    if (!(node instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
      throw new ConfigException(
          file,
          node.line(),
          "'" + key + "' has to be a list with at least one entry, not " + emptyOr(node));
    }
    return sequence.items();
  }

  private static String emptyOr(YamlNode node) {
    return node instanceof YamlNode.Sequence ? "an empty one" : node.description();
  }

  private <T> List<T> distinct(String key, List<T> values) throws ConfigException {
    Set<T> seen = new HashSet<>();
    for (int i = 0; i < values.size(); i++) {
      if (!seen.add(values.get(i))) {
        throw new ConfigException(
            file,
            items(key).get(i).line(),
            "'" + values.get(i) + "' is in '" + key + "' twice, once is allowed");
      }
    }
    return values;
  }

  private String text(String key, YamlNode node) throws ConfigException {
    if (!(node instanceof YamlNode.Scalar scalar) || scalar.text().isBlank()) {
      throw new ConfigException(
          file, node.line(), "'" + key + "' has to be a text, not " + node.description());
    }
    return scalar.text();
  }

  private String choice(String key, YamlNode node, Registry<?> registry) throws ConfigException {
    String name = text(key, node);
    if (!registry.names().contains(name)) {
      throw new ConfigException(
          file,
          node.line(),
          "'%s' is no %s; allowed: %s"
              .formatted(name, registry.kind(), String.join(", ", registry.names())));
    }
    return name;
  }

  private double number(String key, YamlNode node, Parameter.Range range) throws ConfigException {
    if (node instanceof YamlNode.Scalar scalar && scalar.numeric()) {
      try {
        double value = Double.parseDouble(scalar.text().replace("_", ""));
        if (range.contains(value)) {
          return value;
        }
      } catch (NumberFormatException e) {
        // A form only YAML knows, 0x10 or 1:30: refused below like any other wrong value.
      }
    }
    throw new ConfigException(
        file, node.line(), "'" + key + "' has to be " + range + ", not " + node.description());
  }
}
