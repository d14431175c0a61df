package org.adafisher.bench.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.adafisher.bench.backend.Backend;
import org.adafisher.bench.backend.Natives;
import org.adafisher.bench.data.Augmentation;
import org.adafisher.bench.data.DataRequest;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.result.Measure;
import org.adafisher.bench.result.Target;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {

  private static final String VALID =
      """
      name: small
      output: results/small
      data: digits
      models: [digits-cnn, digits-mlp]
      batchSize: 64
      epochs: 2
      seeds: [1, 2]
      schedule: cosine
      reference: Adam
      optimizers:
        - {name: Adam, type: adam, learningRate: 1e-3}
        - name: AdaFisher
          type: adafisher
          learningRate: 1.0e-3
          refreshInterval: 10
      """;

  private static final String DATA_GROUP =
      "data: {name: digits, train: 100, validation: 50, test: 40, imageSize: 32, channels: 3,"
          + " augmentation: {crop: 4, flip: true, cutout: 8}}";

  @TempDir private Path directory;

  @Test
  void readsAllValuesAndFillsInDefaults() throws Exception {
    ExperimentConfig config = read(VALID);

    assertThat(config.name()).isEqualTo("small");
    assertThat(config.output()).isEqualTo(Path.of("results/small"));
    assertThat(config.data()).isEqualTo(new DataConfig("digits", DataRequest.plain()));
    assertThat(config.models())
        .extracting(ModelConfig::name)
        .containsExactly("digits-cnn", "digits-mlp");
    assertThat(config.backend()).isEqualTo(Backend.CPU);
    assertThat(config.natives()).isEmpty();
    assertThat(config.batchSize()).isEqualTo(64);
    assertThat(config.budget()).isEqualTo(new Budget.Epochs(2, false));
    assertThat(config.targets())
        .extracting(Target::measure)
        .containsExactly(Measure.TRAIN_LOSS, Measure.VALIDATION_ACCURACY);
    assertThat(config.tuning()).isEmpty();
    assertThat(config.sweep()).isEmpty();
    assertThat(config.seeds()).containsExactly(1, 2);
    assertThat(config.schedule()).isEqualTo("cosine");
    assertThat(config.reference()).isEqualTo("Adam");
    assertThat(config.optimizers()).extracting(OptimizerConfig::name).contains("AdaFisher");
    assertThat(config.optimizers().get(0).values())
        .containsEntry("learningRate", 1e-3)
        .containsEntry("beta2", 0.999)
        .containsEntry("weightDecay", 0.0);
    assertThat(config.optimizers().get(1).values())
        .containsEntry("refreshInterval", 10.0)
        .containsEntry("damping", 1e-3);
  }

  @Test
  void readsEverythingThatCanBeGiven() throws Exception {
    ExperimentConfig config =
        read(
            VALID
                    .replace("data: digits", DATA_GROUP)
                    .replace("digits-mlp]", "{name: wide, type: mlp, width: 512}]")
                    .replace("epochs: 2", "epochs: 2\nprotocol: equal-wall-clock\nbackend: cuda")
                    .replace(
                        "reference: Adam", "reference: Adam\ntargets: {validationAccuracy: 0.9}")
                + "description: what it is for\n"
                + "tuning: {trials: 7, ratio: 2, epochs: 1, seeds: [3], measure:"
                + " validationAccuracy}\n"
                + "cost: {rounds: 9}\n");

    assertThat(config.description()).isEqualTo("what it is for");
    assertThat(config.backend()).isEqualTo(Backend.CUDA);
    assertThat(config.data())
        .isEqualTo(
            new DataConfig(
                "digits",
                new DataRequest(
                    Optional.empty(),
                    OptionalInt.of(100),
                    OptionalInt.of(50),
                    OptionalInt.of(40),
                    OptionalInt.of(32),
                    OptionalInt.of(3),
                    new Augmentation(4, true, 8),
                    TextForm.DEFAULT)));
    assertThat(config.models().get(1))
        .isEqualTo(
            new ModelConfig(
                "wide", "mlp", Map.of("hidden", 3.0, "width", 512.0, "lastWidth", 0.0)));
    assertThat(config.budget()).isEqualTo(new Budget.Epochs(2, true));
    assertThat(config.targets())
        .containsExactly(new Target(Measure.VALIDATION_ACCURACY, OptionalDouble.of(0.9)));
    assertThat(config.tuning())
        .contains(new TuningConfig(7, 2, 1, List.of(3), Measure.VALIDATION_ACCURACY));
    assertThat(config.costRounds()).isEqualTo(9);
  }

  @Test
  void readsText() throws Exception {
    DataConfig text =
        read(VALID.replace(
                "data: digits",
                "data: {name: text, file: my.txt, tokenizer: word, vocabulary: 5000, context: 32,"
                    + " validation: 9}"))
            .data();

    assertThat(text.type()).isEqualTo("text");
    assertThat(text.request().directory()).contains(Path.of("my.txt"));
    assertThat(text.request().validation()).hasValue(9);
    assertThat(text.request().text()).isEqualTo(new TextForm("word", OptionalInt.of(5000), 32));
    assertThat(read(VALID.replace("data: digits", "data: genesis-tokens")).data().request().text())
        .isEqualTo(new TextForm("byte", OptionalInt.empty(), 64));
  }

  @Test
  void readsASweepOfTimedRuns() throws Exception {
    ExperimentConfig config =
        read(
            VALID.replace("epochs: 2", "seconds: 1.5")
                + "sweep: {learningRates: [1e-4, 0.1], batchSizes: [64, 128]}\n");

    assertThat(config.budget()).isEqualTo(new Budget.Seconds(1.5));
    assertThat(config.sweep()).contains(new SweepConfig(List.of(1e-4, 0.1), List.of(64, 128)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      commentCharacter = '~',
      textBlock =
          """
          epochs: 2            | epoch: 2               | 6  | unknown key 'epoch'; allowed: name
          epochs: 2            | epochs: ten            | 6  | 'epochs' has to be a whole number of at least 1, not 'ten'
          epochs: 2            | epochs: 2.5            | 6  | whole number
          epochs: 2            | epochs: 0              | 6  | at least 1, not '0'
          epochs: 2            | epochs:                | 6  | 'epochs' has to be a whole number of at least 1, not nothing
          epochs: 2            | epochs: [2]            | 6  | not a list
          batchSize: 64        | # nothing              | 1  | the key 'batchSize' is missing
          batchSize: 64        | batchSize: 99999999999 | 5  | 'batchSize' has to be a whole number
          batchSize: 64        | batchSize: 0x10        | 5  | 'batchSize' has to be a whole number
          seeds: [1, 2]        | seeds: [1, 1]          | 7  | '1' is in 'seeds' twice
          seeds: [1, 2]        | seeds: []              | 7  | a list with at least one entry, not an empty one
          seeds: [1, 2]        | seeds: 1               | 7  | 'seeds' has to be a list
          data: digits         | data: digit            | 3  | 'digit' is no data set; allowed: digits,
          digits-mlp]          | digits-rnn]            | 4  | 'digits-rnn' is no model; allowed: digits-cnn, digits-mlp
          schedule: cosine     | schedule: sine         | 8  | 'sine' is no schedule; allowed: cosine, constant
          schedule: cosine     | schedule: {cosine: 1}  | 8  | 'schedule' has to be a text, not a group of keys
          reference: Adam      | reference: Adm         | 9  | the reference 'Adm' is none of the optimizers: Adam, AdaFisher
          type: adam,          | type: adamx,           | 11 | 'adamx' is no optimizer type; allowed: adafisher
          type: adam,          | type: adam, beta3: 0,  | 11 | unknown key 'beta3'; allowed: name, type, learningRate, beta1
          type: adam,          | type: adam, beta1: 1,  | 11 | 'beta1' has to be a number of at least 0 and below 1, not '1'
          learningRate: 1e-3   | beta1: 0.9             | 11 | the key 'learningRate' is missing
          learningRate: 1e-3   | learningRate: -1e-3    | 11 | 'learningRate' has to be a number above 0, not '-1e-3'
          learningRate: 1e-3   | learningRate: .inf     | 11 | 'learningRate' has to be a number above 0
          refreshInterval: 10  | refreshInterval: 0.5   | 15 | 'refreshInterval' has to be a whole number
          name: AdaFisher      | name: Adam             | 12 | two optimizers are called 'Adam'
          name: small          | name: ''               | 1  | 'name' has to be a text, not nothing
          name: small          | data: digits           | 3  | the key 'data' is given twice
          epochs: 2            | # nothing              | 1  | the key 'epochs' or 'seconds' is missing
          epochs: 2            | {epochs: 2, seconds: 3} | 6 | not YAML
          reference: Adam      | seconds: 3             | 9  | 'epochs' and 'seconds' are both given
          epochs: 2            | protocol: fair         | 1  | the key 'epochs' or 'seconds' is missing
          epochs: 2            | epochs: 2, protocol: fair | 6 | not YAML
          reference: Adam      | protocol: fair         | 9  | 'fair' is no protocol; allowed: equal-epochs, equal-wall-clock
          reference: Adam      | backend: gpu           | 9  | 'gpu' is no backend; allowed: cpu, cuda
          reference: Adam      | natives: fast          | 9  | 'fast' is no natives; allowed: onednn, plain
          data: digits         | data: cifar10          | 3  | the data set 'cifar10' needs its files, say where
          data: digits         | data: {name: digits, imagesize: 8} | 3 | unknown key 'imagesize'; allowed: name, directory
          data: digits         | data: {name: digits, channels: 4}  | 3 | 'channels' has to be 1 (grey) or 3 (RGB), not 4
          data: digits         | data: {name: genesis, imageSize: 8} | 3 | 'imageSize' is for images, which genesis is not
          data: digits         | data: text             | 3  | the data set 'text' needs its files, say where: {name: text, file: ...}
          data: digits         | data: {name: text, file: a, directory: b} | 3 | 'file' and 'directory' are both given, one of them is allowed
          data: digits         | data: {name: digits, context: 64} | 3 | 'context' is for text in tokens, which digits is not
          data: digits         | data: {name: genesis, tokenizer: byte} | 3 | 'tokenizer' is for text in tokens, which genesis is not
          data: digits         | data: {name: genesis-tokens, tokenizer: bytes} | 3 | 'bytes' is no tokenizer; allowed: byte, character, word, bpe
          data: digits         | data: {name: genesis-tokens, context: 0} | 3 | 'context' has to be a whole number of at least 1, not '0'
          data: digits         | data: {name: genesis-tokens, vocabulary: some} | 3 | 'vocabulary' has to be a whole number of at least 1, not 'some'
          data: digits         | data: {name: genesis-tokens, imageSize: 8} | 3 | 'imageSize' is for images, which genesis-tokens is not
          data: digits         | data: {name: digits, augmentation: {flip: maybe}} | 3 | 'flip' has to be true or false, not 'maybe'
          data: digits         | data: {name: digits, augmentation: {rotate: 3}}   | 3 | unknown key 'rotate'; allowed: crop, flip, cutout
          digits-mlp]          | {type: mlp, depth: 3}] | 4  | unknown key 'depth'; allowed: name, type, hidden, width
          digits-mlp]          | digits-cnn]            | 4  | two models are called 'digits-cnn', give one another 'name'
          epochs: 2            | epochs 2               | 6  | not YAML: could not find expected ':'
          epochs: 2            | - epochs               | 6  | not YAML: expected <block end>, but found
          name: small          | name: 'small           | 1  | not YAML
          """)
  void everyMistakeIsOneSentenceWithFileAndLine(
      String right, String wrong, int line, String sentence) throws Exception {
    assertMistake(VALID.replace(right, wrong), line, sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          tuning: {trials: 5}                          | the key 'seeds' is missing
          tuning: {trials: 4, seeds: [9]}              | 'trials' has to be odd, so that a rate is in the middle, not 4
          tuning: {ratio: 1, seeds: [9]}               | 'ratio' has to be a number above 1
          tuning: {seeds: [9, 2]}                      | the seed 2 is also one of the experiment's
          tuning: {seeds: [9], measure: testAccuracy}  | 'testAccuracy' is no measure; allowed: validationAccuracy, validationLoss
          sweep: {learningRates: [0.1]}                | the key 'batchSizes' is missing
          sweep: {learningRates: [0.1, 1e-1], batchSizes: [8]} | is in 'learningRates' twice
          sweep: {learningRates: [0], batchSizes: [8]} | 'learningRates' has to be a number above 0, not '0'
          targets: {testAccuracy: 0.9}                 | unknown key 'testAccuracy'; allowed: trainLoss
          targets: {validationAccuracy: 90}            | 'validationAccuracy' has to be a number above 0 and at most 1
          cost: {rounds: many}                         | 'rounds' has to be a whole number of at least 1
          """)
  void everyMistakeInAnOptionalGroupIsOneSentence(String group, String sentence) throws Exception {
    assertMistake(VALID + group + "\n", 16, sentence);
  }

  @Test
  void tuningAndSweepExcludeEachOther() throws Exception {
    assertMistake(
        VALID + "tuning: {seeds: [9]}\nsweep: {learningRates: [0.1], batchSizes: [8]}\n",
        17,
        "'sweep' and 'tuning' are both given");
    assertMistake(
        VALID.replace("epochs: 2", "seconds: 2") + "tuning: {seeds: [9]}\n",
        16,
        "'tuning' goes with 'epochs'");
  }

  @Test
  void nativesAreThoseOfTheProcessor() throws Exception {
    assertThat(read(VALID + "natives: plain\n").natives()).contains(Natives.PLAIN);
    assertMistake(VALID + "backend: cuda\nnatives: plain\n", 17, "'natives' is for backend: cpu");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: small",
        "models: [{type: mlp, name: small}]",
        "name: AdaFisher",
        "reference: Adam"
      })
  void namesAreShortAndOfOneLine(String key) throws Exception {
    String place = key.replaceFirst("\\w+(}\\])?$", "\"%s\"$1");
    String yaml =
        VALID
            .replaceFirst("models: .*", "models: [{type: mlp, name: small}]")
            .replace(key, place); // VALID.name and the model's, or the optimizer's
    String field = key.startsWith("reference") ? "reference" : "name";

    assertOneLine(
        yaml.replace("%s", "x".repeat(300)),
        "'" + field + "' has 300 characters, 80 at most are allowed: '" + "x".repeat(60) + "...'");
    for (String end : List.of("\\n", "\\r", "\\t", "\\e", "\\L", "\\N")) {
      assertOneLine(
          yaml.replace("%s", "two" + end + "lines"),
          "'" + field + "' has a line break or another control character");
    }
  }

  @Test
  void whatAMessageRepeatsIsOneShortLine() throws Exception {
    String lines = "\"" + "odd\\n ".repeat(200) + "\"";
    for (String key : List.of("schedule", "data", "batchSize", "seeds", "optimizers", "output")) {
      assertOneLine(VALID.replaceFirst("(?m)^" + key + ":.*(\n .*)*", key + ": ?lines"), key);
    }
    assertOneLine("? " + lines + "\n: 1\n" + VALID, "unknown key 'odd odd");
    assertOneLine(VALID.replace("type: adam,", "type: " + lines + ","), "'odd odd");
  }

  private void assertOneLine(String yaml, String sentence) throws IOException {
    String text = yaml.replace("?lines", "\"" + "odd\\n ".repeat(200) + "\"");
    assertThatThrownBy(() -> read(text))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(sentence)
        .message()
        .hasLineCount(1)
        .hasSizeLessThan(1500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a: ", "- "})
  void thousandsOfBracketsAreOneSentence(String bracket) throws Exception {
    assertMistake(
        "name: a\nmodels:\n  " + bracket.repeat(5000),
        3,
        "lists and groups are nested more than 20 deep");
  }

  @Test
  void aliasesAreRefused() throws Exception {
    String text = VALID.replace("epochs: 2", "epochs: &two 2").replace("[1, 2]", "[1, *two]");

    assertMistake(text, 7, "aliases are not allowed");
  }

  @Test
  void anythingButOneGroupOfKeysIsRefused() throws Exception {
    assertMistake("", 1, "the file is empty");
    assertMistake("- a\n- b\n", 1, "an experiment has to be a group of keys with values");
    assertMistake(VALID + "---\nname: two\n", 17, "a second document starts here");
    assertMistake(
        VALID.substring(0, VALID.indexOf("optimizers")) + "optimizers: [adam]\n",
        10,
        "an entry of 'optimizers' has to be a group of keys with values, not 'adam'");
  }

  @Test
  void aMissingFileIsNamed() {
    Path missing = directory.resolve("missing.yaml");

    assertThatThrownBy(() -> ConfigReader.read(missing))
        .isInstanceOf(ConfigException.class)
        .hasMessage(missing + ": there is no such file");
  }

  @Test
  void theProjectsOwnConfigurationsAreValid() throws Exception {
    try (var files = Files.walk(Path.of("..", "config"))) {
      List<Path> all = files.filter(f -> f.toString().endsWith(".yaml")).toList();
      assertThat(all).hasSizeGreaterThan(20);
      for (Path file : all) {
        assertThat(ConfigReader.read(file).description()).as(file.toString()).isNotBlank();
      }
    }
  }

  private void assertMistake(String text, int line, String sentence) throws IOException {
    Path file = write(text);
    assertThatThrownBy(() -> ConfigReader.read(file))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file + ":" + line + ": ")
        .hasMessageContaining(sentence)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  private ExperimentConfig read(String text) throws IOException, ConfigException {
    return ConfigReader.read(write(text));
  }

  private Path write(String text) throws IOException {
    return Files.writeString(directory.resolve("experiment.yaml"), text);
  }

  @Test
  void otherEncodingsAreOneSentence(@org.junit.jupiter.api.io.TempDir java.nio.file.Path encodings)
      throws Exception {
    java.nio.file.Path latin = encodings.resolve("latin.yaml");
    java.nio.file.Files.write(
        latin,
        "name: a\ndescription: gr\u00FC\u00DFe\n"
            .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    java.nio.file.Path wide = encodings.resolve("wide.yaml");
    java.nio.file.Files.write(wide, "name: a\n".getBytes(java.nio.charset.StandardCharsets.UTF_16));
    java.nio.file.Path marked = encodings.resolve("marked.yaml");
    java.nio.file.Files.writeString(marked, "\uFEFFnonsense: a\n");
    java.nio.file.Path control = encodings.resolve("control.yaml");
    java.nio.file.Files.writeString(control, "name: a\u0007\n");

    assertThatThrownBy(() -> ConfigReader.read(latin))
        .isInstanceOf(ConfigException.class)
        .hasMessage(latin + ":2: the file is not UTF-8; save it as UTF-8");
    assertThatThrownBy(() -> ConfigReader.read(wide))
        .isInstanceOf(ConfigException.class)
        .hasMessage(wide + ":1: the file is UTF-16, not UTF-8; save it as UTF-8");
    assertThatThrownBy(() -> ConfigReader.read(marked))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown key 'nonsense'");
    assertThatThrownBy(() -> ConfigReader.read(control)).isInstanceOf(ConfigException.class);
  }
}
