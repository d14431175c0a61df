package org.adafisher.examples.analysis;

import java.nio.file.Path;
import java.util.Locale;
import org.adafisher.AdaFisher;
import org.adafisher.Centred;
import org.adafisher.Paper;
import picocli.CommandLine.Option;

/** The options that all studies have. */
final class StudyOptions {

  /** A formulation that can be named. */
  enum FormulationName {
    /** The authors' code. */
    RELEASED,
    /** The paper's averaging. */
    PAPER,
    /** This project's own. */
    CENTRED
  }

  @Option(
      names = "--model",
      paramLabel = "NAME",
      defaultValue = "digits-cnn",
      description = "digits-cnn or digits-mlp; any model of the benchmark that takes the digits.")
  private String model;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description =
          "Which dense, output or 2-d convolution layer; the last one before the output if left"
              + " out. Not for histogram, which shows all, and landscape.")
  private String layer;

  @Option(
      names = "--formulation",
      defaultValue = "released",
      description = "AdaFisher's: released, paper or centred, each at its default rate.")
  private FormulationName formulation;

  @Option(
      names = "--steps",
      paramLabel = "COUNT",
      defaultValue = "200",
      description = "Training steps: minibatches of 32 digits; for landscape all irises each.")
  private int steps;

  @Option(
      names = "--noise",
      paramLabel = "SHARE",
      defaultValue = "0.01",
      description =
          "Deviation of the noise on the off-diagonal entries, as a share of the mean diagonal"
              + " entry.")
  private double noise;

  @Option(
      names = "--probe",
      paramLabel = "COUNT",
      defaultValue = "256",
      description = "Training examples that the full factors are of, 1 to 997.")
  private int probe;

  @Option(names = "--seed", defaultValue = "1", description = "Of weights, order and noise.")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "DIRECTORY",
      defaultValue = "results/analysis",
      description = "Where the pictures go.")
  private Path out;

  DigitsTraining training() {
    return DigitsTraining.of(model, updater(), seed);
  }

  String layer(DigitsTraining training) {
    return layer == null ? training.usualLayer() : layer;
  }

  int steps() {
    return atLeast(1, "--steps", steps);
  }

  int probe() {
    if (probe > 997) {
      throw new IllegalArgumentException(
          "--probe has to be at most 997, the size of the training part, not " + probe);
    }
    return atLeast(1, "--probe", probe);
  }

  double noise() {
    if (!(noise >= 0)) {
      throw new IllegalArgumentException("--noise has to be at least 0, not " + noise);
    }
    return noise;
  }

  long seed() {
    return seed;
  }

  Path out() {
    return out;
  }

  /** What the pictures are of, for their headings. */
  String subject() {
    return model + ", " + formulation.name().toLowerCase(Locale.ROOT);
  }

  private AdaFisher updater() {
    return switch (formulation) {
      case RELEASED -> new AdaFisher();
      case PAPER -> new AdaFisher(AdaFisher.DEFAULT_LEARNING_RATE, new Paper());
      case CENTRED -> AdaFisher.builder().formulation(new Centred()).build();
    };
  }

  private static int atLeast(int least, String option, int value) {
    if (value < least) {
      throw new IllegalArgumentException(
          "%s has to be at least %d, not %d".formatted(option, least, value));
    }
    return value;
  }
}
