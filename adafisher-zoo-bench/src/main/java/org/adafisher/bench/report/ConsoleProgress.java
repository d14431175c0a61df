package org.adafisher.bench.report;

import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.adafisher.bench.config.ExperimentConfig;
import org.adafisher.bench.run.EpochResult;
import org.adafisher.bench.run.ProgressListener;
import org.adafisher.bench.run.RunResult;

/**
 * Shows how far an experiment is: a bar that moves on a terminal, or, where the output goes to a
 * file or a pipe, one line for each model and seed.
 */
public abstract sealed class ConsoleProgress implements ProgressListener, AutoCloseable {

  private ConsoleProgress() {}

  /**
   * The display that fits the output.
   *
   * @param config the experiment that is about to run
   * @param terminal whether a person is looking at the output
   * @param out where the bar or the lines go
   */
  public static ConsoleProgress start(ExperimentConfig config, boolean terminal, PrintStream out) {
    return terminal ? new Bar(config, out) : new Lines(config, out);
  }

  @Override
  public abstract void close();

  private static final class Bar extends ConsoleProgress {

    private static final int REFRESH_MILLIS = 250;

    private final ProgressBar bar;

    Bar(ExperimentConfig config, PrintStream out) {
      long runs =
          (long) config.models().size() * config.seeds().size() * config.optimizers().size();
      bar =
          new ProgressBarBuilder()
              .setInitialMax(runs * config.epochs())
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(REFRESH_MILLIS)
              .build();
    }

    @Override
    public void epochFinished(String model, String optimizer, int seed, EpochResult result) {
      bar.setExtraMessage( // what moves comes first: a narrow terminal cuts the end off
          String.format(
              Locale.ROOT,
              " epoch %d, loss %.4f, %s, %s, seed %d",
              result.epoch(),
              result.trainLoss(),
              model,
              optimizer,
              seed));
      bar.step();
    }

    @Override
    public void groupFinished(List<RunResult> group) {}

    @Override
    public void close() {
      bar.setExtraMessage("");
      bar.close();
    }
  }

  private static final class Lines extends ConsoleProgress {

    private final PrintStream out;
    private final int groups;
    private final long start = System.nanoTime();
    private int finished;

    Lines(ExperimentConfig config, PrintStream out) {
      this.out = out;
      this.groups = config.models().size() * config.seeds().size();
    }

    @Override
    public void epochFinished(String model, String optimizer, int seed, EpochResult result) {}

    @Override
    public void groupFinished(List<RunResult> group) {
      finished++;
      String losses =
          group.stream()
              .map(
                  run ->
                      String.format(
                          Locale.ROOT, "%s %.4f", run.optimizer(), run.last().trainLoss()))
              .collect(Collectors.joining(", "));
      RunResult any = group.get(0);
      out.printf(
          Locale.ROOT,
          "[%d/%d, %d s] %s, seed %d; train loss: %s%n",
          finished,
          groups,
          Duration.ofNanos(System.nanoTime() - start).toSeconds(),
          any.model(),
          any.seed(),
          losses);
    }

    @Override
    public void close() {}
  }
}
