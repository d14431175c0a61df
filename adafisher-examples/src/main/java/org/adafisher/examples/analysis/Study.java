package org.adafisher.examples.analysis;

import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.adafisher.bench.report.chart.Chart;
import org.adafisher.bench.report.chart.ChartGrid;
import org.adafisher.examples.analysis.StepSizes.LayerSteps;

/** What can be drawn: one command each. */
enum Study {
  /** See {@link Gershgorin}. */
  GERSHGORIN("Gershgorin disks and eigenvalues of a layer's full factors H and S.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      FactorMatrices factors = factors(options);
      Gershgorin h = Gershgorin.of(factors.h());
      Gershgorin s = Gershgorin.of(factors.s());
      write(options, factors, h.chart("Gershgorin disks of H"), s.chart("Gershgorin disks of S"));
      print(numbers, "H: %d of %d rows dominant", h.dominantRows(), h.centres().length);
      print(numbers, "S: %d of %d rows dominant", s.dominantRows(), s.centres().length);
    }
  },

  /** See {@link Spectrum}. */
  SPECTRUM("Eigenvalues of the factors before and after noise off their diagonals.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      FactorMatrices factors = factors(options);
      Spectrum h = Spectrum.of(factors.h(), options.noise(), options.seed());
      Spectrum s = Spectrum.of(factors.s(), options.noise(), options.seed());
      write(options, factors, h.chart("Eigenvalues of H"), s.chart("Eigenvalues of S"));
      report(numbers, "H", h);
      report(numbers, "S", s);
    }

    private void report(PrintStream numbers, String name, Spectrum spectrum) {
      print(
          numbers,
          "%s: %d of %d eigenvalues above their mean, with noise %d; the greatest is %.0f %% of the"
              + " trace, greatest change %.2g of it",
          name,
          spectrum.aboveBefore(),
          spectrum.before().length,
          spectrum.aboveAfter(),
          100 * spectrum.greatestShare(),
          spectrum.greatestChange());
    }
  },

  /** See {@link FourierSpectrum}. */
  FOURIER("2-d Fourier spectra of the factors before and after noise, with the SNR.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      FactorMatrices factors = factors(options);
      FourierSpectrum h = FourierSpectrum.of(factors.h(), options.noise(), options.seed());
      FourierSpectrum s = FourierSpectrum.of(factors.s(), options.noise(), options.seed());
      write(options, factors, h.chart("Fourier spectrum of H"), s.chart("Fourier spectrum of S"));
      report(numbers, "H", h.signalToNoise());
      report(numbers, "S", s.signalToNoise());
    }

    private void report(PrintStream numbers, String name, SignalToNoise ratio) {
      print(
          numbers,
          "%s: diagonal over off-diagonal %.1f dB, with noise %.1f dB; over the noise alone %.1f"
              + " dB",
          name,
          ratio.before(),
          ratio.after(),
          ratio.noise());
    }
  },

  /** See {@link FactorHistory}. */
  HEATMAP("A layer's factors over training: their diagonals, and the full matrices.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      DigitsTraining training = options.training();
      FactorHistory history =
          new FactorHistory(
              training.network(), training.probe(options.probe()), options.layer(training));
      int steps = options.steps();
      int every = Math.max(1, steps / LOOKS);
      history.look(0);
      training.train(
          steps,
          step -> {
            if (step % every == 0) {
              history.look(step);
            }
          });
      ChartFiles.write(history.diagonals(), options.out(), command() + "-diagonals");
      ChartFiles.write(history.matrices(MATRICES), options.out(), command() + "-matrices");
      print(numbers, "%d looks at the factors in %d steps", history.moments().size(), steps);
    }
  },

  /** See {@link StepSizes}. */
  HISTOGRAM("F and the effective step of every parameter, by layer.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      DigitsTraining training = options.training().train(options.steps() - 1);
      StepSizes sizes = StepSizes.of(training.network(), () -> training.train(1));
      write(
          options,
          sizes.chart(
              "F and step of every parameter: %s, step %d"
                  .formatted(options.subject(), training.steps())));
      for (LayerSteps layer : sizes.layers()) {
        print(numbers, "%s: greatest F / least F %.4g", layer.layer(), layer.fisherRatio());
      }
    }
  },

  /** See {@link IrisLandscape}. */
  LANDSCAPE("Optimizers' trajectories over the loss landscape of a small MLP on Iris.") {
    @Override
    void run(StudyOptions options, PrintStream numbers) throws IOException {
      Landscape landscape = IrisLandscape.compute(options.steps(), options.grid(), options.seed());
      write(
          options,
          landscape.chart("Loss of a small MLP on Iris, %d steps".formatted(options.steps())));
      for (Trajectory trajectory : landscape.trajectories()) {
        print(
            numbers,
            "%s: rate %.2g, loss %.3g to %.3g",
            trajectory.optimizer(),
            trajectory.learningRate(),
            trajectory.losses().get(0),
            trajectory.lastLoss());
      }
      print(numbers, "in the plane: %.1f %% of the variance", 100 * landscape.plane().share());
    }
  };

  private static final int LOOKS = 50;
  private static final int MATRICES = 4;

  private final String description;

  Study(String description) {
    this.description = description;
  }

  /** One line for people who choose. */
  String description() {
    return description;
  }

  /** Computes, writes the pictures and prints the numbers. */
  abstract void run(StudyOptions options, PrintStream numbers) throws IOException;

  /** Its name on the command line and of its files. */
  String command() {
    return name().toLowerCase(Locale.ROOT);
  }

  void write(StudyOptions options, Chart chart) throws IOException {
    ChartFiles.write(chart, options.out(), command());
  }

  /** H's picture above S's. */
  void write(StudyOptions options, FactorMatrices factors, Chart h, Chart s) throws IOException {
    String heading =
        "%s, %s after %d steps".formatted(options.subject(), factors.layer(), options.steps());
    write(options, new ChartGrid(heading, 1, List.of(h, s)));
  }

  void print(PrintStream numbers, String format, Object... values) {
    numbers.println(command() + ": " + String.format(Locale.ROOT, format, values));
  }

  private static FactorMatrices factors(StudyOptions options) {
    DigitsTraining training = options.training();
    String layer = options.layer(training);
    training.train(options.steps());
    return FactorMatrices.of(training.network(), training.probe(options.probe()), layer);
  }
}
