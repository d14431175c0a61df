package org.adafisher.bench.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.junit.jupiter.api.Test;

class ConsoleProgressTest {

  private static final Trial TRIAL = new Trial("lenet", "AdaFisher", 1e-3, 64, 1);
  private static final Trial OTHER = new Trial("lenet", "Adam", 1e-2, 64, 1);

  @Test
  void inAFileThereIsALineForEveryGroupAndOneNowAndThen() {
    String text = show(false);

    assertThat(text)
        .contains("tuning: 2 runs, 1,000 steps, 400 of them done before")
        .contains("timing steps ...")
        .containsPattern("\\[1/2 runs, \\d+ s, about \\d+ s left] lenet, batch 64, seed 1;")
        .contains("train loss: AdaFisher 0.2500")
        .containsPattern("45 % of the steps, \\d+ s, about \\d+ s left: lenet, AdaFisher, seed 1")
        .containsPattern("50 % of the steps, \\d+ s, about \\d+ s left: lenet, Adam, seed 1");
  }

  /** Two runs take turns: none shows the loss or the epoch of the other. */
  @Test
  void onATerminalTheBarShowsEpochAndLossOfTheRunThatGoesOn() {
    String text = show(true);

    assertThat(text).contains("tuning", "AdaFisher, epoch 4/4, loss 0.250", "%");
    assertThat(text).contains("Adam, epoch 1/5, 0/2 runs done");
    assertThat(text).doesNotContain("epoch 5/4", "Adam, epoch 4", "Adam, epoch 1/5, loss");
  }

  private static String show(boolean terminal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    EpochResult epoch =
        new EpochResult(3, 500, 1, 0.5, 0.25, 0.3, 0.9, 2, 2, Map.of(), Optional.empty());
    try (ConsoleProgress progress = ConsoleProgress.start(terminal, out)) {
      progress.preparing("timing steps");
      progress.stageStarted("tuning", 2, 1000, 400);
      progress.epochStarted(new RunResult(TRIAL, 10, 667, List.of(epoch, epoch, epoch)), 4);
      progress.stepsDone(TRIAL, 50);
      await(terminal, bytes, "AdaFisher, epoch 4/4");
      progress.epochFinished(TRIAL, epoch);
      progress.epochStarted(new RunResult(OTHER, 10, 500, List.of()), 5);
      progress.stepsDone(OTHER, 50);
      await(terminal, bytes, "Adam, epoch 1/5");
      progress.groupFinished(List.of(new RunResult(TRIAL, 10, 500, List.of(epoch))));
      progress.stepsDropped(500);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** The bar is drawn by a thread of its own, which may have to wait for a busy machine. */
  private static void await(boolean terminal, ByteArrayOutputStream bytes, String words) {
    for (int i = 0;
        terminal && i < 300 && !bytes.toString(StandardCharsets.UTF_8).contains(words);
        i++) {
      try {
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
