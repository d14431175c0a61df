package org.adafisher.bench.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.adafisher.bench.registry.Parameter;
import org.adafisher.bench.registry.Parameter.Range;
import org.adafisher.bench.registry.Registry;

/** Typed access to the keys of one group; every failure names the line and what is allowed. */
final class Section {

  /** So that two of them and some numbers fit into the name of a file, 255 bytes. */
  private static final int LONGEST_NAME = 80;

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cc}\\u2028\\u2029]");

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
            "unknown key " + YamlNode.quoted(key) + "; allowed: " + String.join(", ", keys));
      }
    }
  }

  boolean has(String key) {
    return mapping.entries().containsKey(key);
  }

  boolean isGroup(String key) throws ConfigException {
    return required(key) instanceof YamlNode.Mapping;
  }

  Section section(String key) throws ConfigException {
    return new Section(file, required(key), "'" + key + "'");
  }

  String text(String key) throws ConfigException {
    return text(key, required(key));
  }

  /** A text for tables, plots and names of files. */
  String name(String key) throws ConfigException {
    String name = line(key);
    if (name.length() > LONGEST_NAME) {
      throw mistake(
          key,
          "'%s' has %d characters, %d at most are allowed: %s"
              .formatted(key, name.length(), LONGEST_NAME, YamlNode.quoted(name)));
    }
    return name;
  }

  /** A text without line breaks and other control characters. */
  String line(String key) throws ConfigException {
    String text = text(key);
    if (CONTROL.matcher(text).find()) {
      throw mistake(
          key,
          "'%s' has a line break or another control character, one line of text is expected: %s"
              .formatted(key, YamlNode.quoted(text)));
    }
    return text;
  }

  String choice(String key, Registry<?> registry) throws ConfigException {
    return choice(text(key), required(key), registry.kind(), registry.names());
  }

  String choice(String key, List<String> allowed) throws ConfigException {
    return choice(text(key), required(key), key, allowed);
  }

  int count(String key) throws ConfigException {
    return (int) number(key, Range.COUNT);
  }

  double number(String key, Range range) throws ConfigException {
    return number(key, required(key), range);
  }

  boolean flag(String key) throws ConfigException {
    String value = text(key);
    if (!value.equals("true") && !value.equals("false")) {
      throw mistake(key, "'" + key + "' has to be true or false, not " + YamlNode.quoted(value));
    }
    return value.equals("true");
  }

  List<Integer> counts(String key) throws ConfigException {
    return numbers(key, Range.COUNT).stream().map(Double::intValue).toList();
  }

  /** A list of numbers, all different. */
  List<Double> numbers(String key, Range range) throws ConfigException {
    List<Double> values = new ArrayList<>();
    Set<Double> seen = new HashSet<>();
    for (Item item : items(key)) {
      double value = number(key, item.node, range);
      if (!seen.add(value)) {
        throw item.mistake(item.node.description() + " is in '" + key + "' twice, once is allowed");
      }
      values.add(value);
    }
    return values;
  }

  List<Section> sections(String key) throws ConfigException {
    List<Section> sections = new ArrayList<>();
    for (Item item : items(key)) {
      sections.add(item.section());
    }
    return sections;
  }

  /** The entries of a list with at least one. */
  List<Item> items(String key) throws ConfigException {
    YamlNode node = required(key);
    if (!(node instanceof YamlNode.Sequence sequence) || sequence.items().isEmpty()) {
      throw new ConfigException(
          file,
          node.line(),
          "'"
              + key
              + "' has to be a list with at least one entry, not "
              + (node instanceof YamlNode.Sequence ? "an empty one" : node.description()));
    }
    return sequence.items().stream().map(item -> new Item(key, item)).toList();
  }

  /** A mistake in the value of that key. */
  ConfigException mistake(String key, String sentence) {
    return new ConfigException(file, mapping.entries().get(key).line(), sentence);
  }

  ConfigException missing(String key) {
    return new ConfigException(file, mapping.line(), "the key '" + key + "' is missing");
  }

  private YamlNode required(String key) throws ConfigException {
    YamlNode node = mapping.entries().get(key);
    if (node == null) {
      throw missing(key);
    }
    return node;
  }

  private String text(String key, YamlNode node) throws ConfigException {
    if (!(node instanceof YamlNode.Scalar scalar) || scalar.text().isBlank()) {
      throw new ConfigException(
          file, node.line(), "'" + key + "' has to be a text, not " + node.description());
    }
    return scalar.text();
  }

  private String choice(String name, YamlNode node, String kind, Collection<String> allowed)
      throws ConfigException {
    if (!allowed.contains(name)) {
      throw new ConfigException(
          file,
          node.line(),
          "%s is no %s; allowed: %s"
              .formatted(YamlNode.quoted(name), kind, String.join(", ", allowed)));
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

  /** An entry of a list. */
  final class Item {

    private final String key;
    private final YamlNode node;

    private Item(String key, YamlNode node) {
      this.key = key;
      this.node = node;
    }

    boolean isGroup() {
      return node instanceof YamlNode.Mapping;
    }

    Section section() throws ConfigException {
      return new Section(file, node, "an entry of '" + key + "'");
    }

    String choice(Registry<?> registry) throws ConfigException {
      return Section.this.choice(text(key, node), node, registry.kind(), registry.names());
    }

    ConfigException mistake(String sentence) {
      return new ConfigException(file, node.line(), sentence);
    }
  }
}
