package org.adafisher.bench.result;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.result.EpochResult.FactorSpread;
import org.adafisher.bench.result.EpochResult.TestResult;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultLogTest {

  @TempDir private Path folder;

  private static final Trial FIRST = new Trial("lenet", "Adam \"quoted\"", 1e-3, 64, 1);
  private static final Trial SECOND = new Trial("lenet", "SGD", 0.1, 64, 1);

  @Test
  void whatIsAppendedIsReadAgain() throws Exception {
    Path file = folder.resolve("epochs.jsonl");
    RunResult one = new RunResult(FIRST, 431080, 20, List.of()).with(epoch(1, 0.5));
    RunResult two = one.with(epoch(2, Double.NaN));
    RunResult other = new RunResult(SECOND, 431080, 10, List.of()).with(epoch(1, 0.25));

    ResultLog log = ResultLog.open(file);
    log.append(one);
    log.append(other);
    log.append(two);

    assertThat(log.runs()).containsExactly(two, other);
    assertThat(ResultLog.open(file).runs()).containsExactly(two, other);
    assertThat(Files.readAllLines(file)).hasSize(3).allMatch(l -> l.startsWith("{\"model\":"));
  }

  @Test
  void theBeginningOfALineIsDropped() throws Exception {
    Path file = folder.resolve("epochs.jsonl");
    RunResult one = new RunResult(FIRST, 1, 20, List.of()).with(epoch(1, 0.5));
    ResultLog.open(file).append(one);
    Files.writeString(file, "{\"model\":\"lenet\",\"optim", StandardOpenOption.APPEND);

    assertThat(ResultLog.read(file).runs()).containsExactly(one);
    assertThat(file).content().endsWith("optim"); // another program may be at work on it
    assertThat(ResultLog.open(file).runs()).containsExactly(one);
    assertThat(file).content().endsWith("}\n");
  }

  @Test
  void epochsCanBeForgotten() throws Exception {
    Path file = folder.resolve("epochs.jsonl");
    RunResult one = new RunResult(FIRST, 1, 20, List.of()).with(epoch(1, 0.5));
    ResultLog log = ResultLog.open(file);
    log.append(one);
    log.append(one.with(epoch(2, 0.4)));

    log.truncate(FIRST, 1);
    assertThat(ResultLog.open(file).runs()).containsExactly(one).isEqualTo(log.runs());
    log.truncate(FIRST, 0);
    assertThat(ResultLog.open(file).runs()).isEmpty();
  }

  @Test
  void aLineThatIsNoResultIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("epochs.jsonl"), "{}\nnonsense\n{}\n");

    assertThatThrownBy(() -> ResultLog.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("line 2 of " + file + " is not a result (");
  }

  private static EpochResult epoch(int number, double loss) {
    return new EpochResult(
        number,
        10L * number,
        1.5,
        loss + 1,
        loss,
        loss,
        0.75,
        2,
        3,
        Map.of("layer0", new FactorSpread(1e-3, 1.1e-3, 1.2e-3, 1e-3)),
        number == 2 ? Optional.of(new TestResult(0.3, 0.9)) : Optional.empty());
  }

  @Test
  void aLineThatWasTornInsideACharacterIsDropped() throws Exception {
    Path file = folder.resolve("epochs.jsonl");
    RunResult one = new RunResult(FIRST, 1, 20, List.of()).with(epoch(1, 0.5));
    ResultLog.open(file).append(one);
    byte[] begun = "{\"model\":\"gr\u00FC".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    Files.write(file, java.util.Arrays.copyOf(begun, begun.length - 1), StandardOpenOption.APPEND);

    assertThat(ResultLog.read(file).runs()).containsExactly(one);
    assertThat(ResultLog.open(file).runs()).containsExactly(one);
    assertThat(file).content().endsWith("}\n");
  }

  @Test
  void aWholeLineInAnotherEncodingIsNamed() throws Exception {
    Path file = folder.resolve("epochs.jsonl");
    Files.write(
        file, "{\"model\":\"gr\u00FC\"}\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> ResultLog.open(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("line 1 of " + file + " is not a result (");
  }
}
