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
import org.adafisher.bench.report.text.Numbers;
import org.adafisher.bench.result.EpochResult;
import org.adafisher.bench.result.RunResult;
import org.adafisher.bench.result.Trial;
import org.adafisher.bench.run.ProgressListener;

/**
 * Shows how far an experiment is: a bar that moves on a terminal, or, where the output goes to a
 * file or a pipe, a line every twentieth of the steps and for each group of runs.
 */
public abstract sealed class ConsoleProgress implements ProgressListener, AutoCloseable {

  private ConsoleProgress() {}

  /**
   * The display that fits the output.
   *
   * @param terminal whether a person is looking at the output
   * @param out where the bar or the lines go
   */
  public static ConsoleProgress start(boolean terminal, PrintStream out) {
    return terminal ? new Bar(out) : new Lines(out);
  }

  @Override
  public abstract void close();

  /** The bar itself shows steps done and the time left. */
  private static final class Bar extends ConsoleProgress {

    private static final int REFRESH_MILLIS = 250;
    private static final int LOSS_DIGITS = 3;

    private final PrintStream out;
    private ProgressBar bar;
    private int runs;
    private int finished;

    Bar(PrintStream out) {
      this.out = out;
    }

    @Override
    public void stageStarted(String name, int runCount, long steps, long done) {
      close();
      runs = runCount;
      finished = 0;
      bar =
          new ProgressBarBuilder()
              .setTaskName(name)
              .setInitialMax(steps)
              .startsFrom(done, Duration.ZERO)
              .setConsumer(new ConsoleProgressBarConsumer(out))
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(REFRESH_MILLIS)
              .build();
    }

    @Override
    public void preparing(String what) {
      out.printf("%s ...%n", what);
    }

    /** Of this run alone: the others of its group take turns with it. */
    @Override
    public void epochStarted(RunResult run, int epochs) {
      Trial trial = run.trial();
      bar.setExtraMessage( // a narrow terminal cuts the end off, so what matters comes first
          String.format(
              Locale.ROOT,
              " %s, epoch %d/%d%s, %d/%d runs done, %s, rate %s, seed %d",
              trial.optimizer(),
              run.epochs().size() + 1,
              epochs,
              run.epochs().isEmpty()
                  ? ""
                  : ", loss " + Numbers.significant(run.last().trainLoss(), LOSS_DIGITS),
              finished,
              runs,
              trial.model(),
              trial.learningRate(),
              trial.seed()));
    }

    @Override
    public void stepsDone(Trial trial, long steps) {
      bar.stepBy(steps);
    }

    @Override
    public void epochFinished(Trial trial, EpochResult result) {}

    @Override
    public void stepsDropped(long steps) {
      bar.stepBy(steps);
    }

    @Override
    public void groupFinished(List<RunResult> group) {
      finished += group.size();
    }

    @Override
    public void close() {
      if (bar != null) {
        bar.setExtraMessage("");
        bar.close();
        bar = null;
      }
    }
  }

  private static final class Lines extends ConsoleProgress {

    /** Lines in a stage besides those of its groups, the first of which may take minutes. */
    private static final int LINES = 20;

    private final PrintStream out;
    private int runs;
    private int finished;
    private long steps;
    private long left;
    private long all;
    private long start;

    Lines(PrintStream out) {
      this.out = out;
    }

    @Override
    public void stageStarted(String name, int runCount, long stepCount, long done) {
      runs = runCount;
      finished = 0;
      steps = 0;
      left = stepCount - done;
      all = stepCount;
      start = System.nanoTime();
      String title = name.isEmpty() ? "" : name + ": ";
      String resumed =
          done == 0 ? "" : String.format(Locale.ROOT, ", %,d of them done before", done);
      out.printf(Locale.ROOT, "%s%d runs, %,d steps%s%n", title, runCount, stepCount, resumed);
    }

    @Override
    public void preparing(String what) {
      out.printf("%s ...%n", what);
    }

    @Override
    public void epochStarted(RunResult run, int epochs) {}

    @Override
    public void stepsDone(Trial trial, long count) {
      long before = line();
      steps += count;
      left -= count;
      if (line() > before) {
        out.printf(
            Locale.ROOT,
            "%d %% of the steps%s: %s, %s, seed %d%n",
            100 * (all - left) / all,
            times(),
            trial.model(),
            trial.optimizer(),
            trial.seed());
      }
    }

    private long line() {
      return LINES * (all - left) / all;
    }

    @Override
    public void epochFinished(Trial trial, EpochResult result) {}

    @Override
    public void stepsDropped(long count) {
      left -= count;
    }

    @Override
    public void groupFinished(List<RunResult> group) {
      finished += group.size();
      String losses =
          group.stream()
              .map(
                  run ->
                      String.format(
                          Locale.ROOT, "%s %.4f", run.trial().optimizer(), run.last().trainLoss()))
              .collect(Collectors.joining(", "));
      Trial any = group.get(0).trial();
      out.printf(
          Locale.ROOT,
          "[%d/%d runs%s] %s, batch %d, seed %d; train loss: %s%n",
          finished,
          runs,
          times(),
          any.model(),
          any.batchSize(),
          any.seed(),
          losses);
    }

    private String times() {
      long seconds = Duration.ofNanos(System.nanoTime() - start).toSeconds();
      return steps == 0
          ? ""
          : String.format(Locale.ROOT, ", %d s, about %d s left", seconds, seconds * left / steps);
    }

    @Override
    public void close() {}
  }
}
