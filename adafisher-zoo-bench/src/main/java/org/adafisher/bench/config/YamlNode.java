package org.adafisher.bench.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.adafisher.bench.file.NotUtf8Exception;
import org.adafisher.bench.file.Utf8;

/** A piece of a YAML file that knows its line, which Jackson's own tree does not. */
sealed interface YamlNode {

  /** A place in the text of the parser's exceptions. */
  Pattern LINE = Pattern.compile(", line (\\d+), column");

  /** What is deeper is no experiment, and some thousand levels would end in a stack overflow. */
  int DEEPEST = 20;

  /** As much of a text as a message repeats. */
  int QUOTED = 60;

  /** The line on which it starts, counted from 1. */
  int line();

  /** What it is, for error messages. */
  String description();

  /** A single value; {@code numeric} if YAML reads it as a number. */
  record Scalar(int line, String text, boolean numeric) implements YamlNode {
    @Override
    public String description() {
      return text.isEmpty() ? "nothing" : quoted(text);
    }
  }

  /** A list. */
  record Sequence(int line, List<YamlNode> items) implements YamlNode {
    @Override
    public String description() {
      return "a list";
    }
  }

  /** Keys with values, in the file's order. */
  record Mapping(int line, Map<String, YamlNode> entries, Map<String, Integer> keyLines)
      implements YamlNode {
    @Override
    public String description() {
      return "a group of keys";
    }
  }

  /**
   * Reads what a file holds, which has to be exactly one YAML document.
   *
   * @throws ConfigException if it is empty, is not YAML, has a key twice, or has an alias
   */
  static YamlNode read(Path file, byte[] content) throws ConfigException {
    try (YAMLParser parser = new YAMLFactory().createParser(Utf8.decode(content))) {
      if (parser.nextToken() == null) {
        throw new ConfigException(file, 1, "the file is empty, an experiment is expected");
      }
      YamlNode root = node(file, parser, 0);
      if (parser.nextToken() != null) {
        throw new ConfigException(
            file, line(parser), "a second document starts here, one a file is allowed");
      }
      return root;
    } catch (NotUtf8Exception e) {
      throw new ConfigException(
          file, e.line(), "the file " + e.getMessage() + "; save it as UTF-8");
    } catch (JsonProcessingException e) {
      throw new ConfigException(file, line(e), "not YAML: " + reason(e));
    } catch (IOException e) {
      throw new ConfigException(file, "the file cannot be read (" + e.getMessage() + ")");
    }
  }

  /** A text of the file in a message, which is to stay one line that one can read. */
  static String quoted(String text) {
    String line = text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("\\p{Cntrl}", "?");
    return "'" + (line.length() > QUOTED ? line.substring(0, QUOTED) + "..." : line) + "'";
  }

  private static YamlNode node(Path file, YAMLParser parser, int depth)
      throws IOException, ConfigException {
    int line = line(parser);
    if (depth > DEEPEST) {
      throw new ConfigException(
          file, line, "lists and groups are nested more than %d deep".formatted(DEEPEST));
    }
    if (parser.isCurrentAlias()) {
      throw new ConfigException(file, line, "aliases are not allowed, write the value out");
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<YamlNode> items = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        items.add(node(file, parser, depth + 1));
      }
      return new Sequence(line, items);
    }
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, YamlNode> entries = new LinkedHashMap<>();
      Map<String, Integer> keyLines = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        if (keyLines.put(key, line(parser)) != null) {
          throw new ConfigException(
              file, line(parser), "the key " + quoted(key) + " is given twice");
        }
        parser.nextToken();
        entries.put(key, node(file, parser, depth + 1));
      }
      return new Mapping(line, entries, keyLines);
    }
    String text = parser.currentToken() == JsonToken.VALUE_NULL ? "" : parser.getText();
    return new Scalar(line, text, parser.currentToken().isNumeric() || isExponential(text));
  }

  /** YAML 1.1, which the parser speaks, takes 1e-3 (no point) for a word. */
  private static boolean isExponential(String text) {
    return text.matches("[-+]?\\d+[eE][-+]?\\d+");
  }

  private static int line(JsonParser parser) {
    return parser.currentTokenLocation().getLineNr();
  }

  /**
   * The exception's own location is that of the last event before the mistake. Its text has two: of
   * a token that does not end, the first is of interest; of a structure that goes wrong, the last.
   */
  private static int line(JsonProcessingException e) {
    List<Integer> lines =
        LINE.matcher(e.getOriginalMessage())
            .results()
            .map(match -> Integer.valueOf(match.group(1)))
            .toList();
    if (lines.isEmpty()) {
      return e.getLocation().getLineNr();
    }
    boolean token = e.getOriginalMessage().startsWith("while scanning");
    return lines.get(token ? 0 : lines.size() - 1);
  }

  /** The last line of the parser's many that says something about the mistake, not the place. */
  private static String reason(JsonProcessingException e) {
    return e.getOriginalMessage()
        .lines()
        .filter(l -> !l.isBlank() && !l.startsWith(" ") && !l.startsWith("while "))
        .reduce((first, second) -> second)
        .orElse("it cannot be parsed");
  }
}
