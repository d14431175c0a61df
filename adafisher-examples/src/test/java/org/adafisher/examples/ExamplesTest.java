package org.adafisher.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Each example runs and says what its documentation promises. */
class ExamplesTest {

  @Test
  void earlyStopping() throws Exception {
    List<String> lines = output(EarlyStopping::main);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).startsWith("MultiLayerNetwork: stopped after");
    assertThat(lines.get(1)).startsWith("ComputationGraph: stopped after");
    assertThat(numbers(lines.get(2))).hasSize(2).allMatch(accuracy -> accuracy > 0.85);
  }

  @Test
  void fineTuning() throws Exception {
    List<String> lines = output(FineTuning::main);
    assertThat(lines).hasSize(2);
    for (String line : lines) {
      List<Double> accuracies = numbers(line);
      assertThat(accuracies.get(0)).isLessThan(0.5);
      assertThat(accuracies.get(1)).isGreaterThan(0.85);
    }
  }

  @Test
  void checkpoints() throws Exception {
    List<String> lines = output(Checkpoints::main);
    assertThat(lines.get(0))
        .isEqualTo(
            "checkpoints: [checkpoint_2_MultiLayerNetwork.zip,"
                + " checkpoint_3_MultiLayerNetwork.zip]");
    assertThat(lines.get(1)).startsWith("after 6 epochs").endsWith("without a break: true");
  }

  /** The fractions in a line. */
  private static List<Double> numbers(String line) {
    return Pattern.compile("\\d\\.\\d+")
        .matcher(line)
        .results()
        .map(match -> Double.parseDouble(match.group()))
        .toList();
  }

  @FunctionalInterface
  private interface Program {
    void main(String[] args) throws Exception;
  }

  private static List<String> output(Program program) throws Exception {
    PrintStream out = System.out;
    Locale locale = Locale.getDefault();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    Locale.setDefault(Locale.ROOT);
    try {
      program.main(new String[0]);
    } finally {
      System.setOut(out);
      Locale.setDefault(locale);
    }
    // The log may go to the same place.
    return bytes
        .toString(StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.matches("\\d\\d:\\d\\d:\\d\\d.*"))
        .toList();
  }
}
