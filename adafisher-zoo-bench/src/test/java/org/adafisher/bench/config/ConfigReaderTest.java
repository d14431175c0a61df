package org.adafisher.bench.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @TempDir private Path directory;

  @Test
  void readsAllValuesAndFillsInDefaults() throws Exception {
    ExperimentConfig config = read(VALID);

    assertThat(config.name()).isEqualTo("small");
    assertThat(config.output()).isEqualTo(Path.of("results/small"));
    assertThat(config.data()).isEqualTo("digits");
    assertThat(config.models()).containsExactly("digits-cnn", "digits-mlp");
    assertThat(config.batchSize()).isEqualTo(64);
    assertThat(config.epochs()).isEqualTo(2);
    assertThat(config.seeds()).containsExactly(1, 2);
    assertThat(config.schedule()).isEqualTo("cosine");
    assertThat(config.reference()).isEqualTo("Adam");
    assertThat(config.optimizers()).extracting(OptimizerConfig::name).contains("AdaFisher");
    assertThat(config.optimizers().get(0).values())
        .containsEntry("learningRate", 1e-3)
        .containsEntry("beta2", 0.999);
    assertThat(config.optimizers().get(1).values())
        .containsEntry("refreshInterval", 10.0)
        .containsEntry("damping", 1e-3);
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
          type: adam,          | type: adamw,           | 11 | 'adamw' is no optimizer type; allowed: adafisher
          type: adam,          | type: adam, beta3: 0,  | 11 | unknown key 'beta3'; allowed: name, type, learningRate, beta1
          type: adam,          | type: adam, beta1: 1,  | 11 | 'beta1' has to be a number of at least 0 and below 1, not '1'
          learningRate: 1e-3   | beta1: 0.9             | 11 | the key 'learningRate' is missing
          learningRate: 1e-3   | learningRate: -1e-3    | 11 | 'learningRate' has to be a number above 0, not '-1e-3'
          learningRate: 1e-3   | learningRate: .inf     | 11 | 'learningRate' has to be a number above 0
          refreshInterval: 10  | refreshInterval: 0.5   | 15 | 'refreshInterval' has to be a whole number
          name: AdaFisher      | name: Adam             | 12 | two optimizers are called 'Adam'
          name: small          | name: ''               | 1  | 'name' has to be a text, not nothing
          name: small          | data: digits           | 3  | the key 'data' is given twice
          epochs: 2            | epochs 2               | 6  | not YAML: could not find expected ':'
          epochs: 2            | - epochs               | 6  | not YAML: expected <block end>, but found
          name: small          | name: 'small           | 1  | not YAML
          """)
  void everyMistakeIsOneSentenceWithFileAndLine(
      String right, String wrong, int line, String sentence) throws Exception {
    assertMistake(VALID.replace(right, wrong), line, sentence);
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
    try (var files = Files.list(Path.of("..", "config"))) {
      for (Path file : files.filter(f -> f.toString().contains("quickstart")).toList()) {
        assertThat(ConfigReader.read(file).optimizers()).hasSizeGreaterThan(1);
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
}
