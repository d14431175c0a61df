package org.adafisher;

import java.util.Objects;

/**
 * This project's second formulation of its own: {@link Centred}'s statistics, and the direction of
 * steepest descent in the spectral norm. In the coordinates in which the centred,
 * Kronecker-diagonal Fisher matrix of a layer is the identity, its step is the polar factor of the
 * momentum M: the diagonal takes care of the scale of each input and unit, the polar factor of what
 * a diagonal cannot see, inputs and units that are correlated. With mu, a, h, s' and q of {@link
 * Centred}:
 *
 * <pre>
 * X = [(M_W - M_b mu^T) s'^1/2 h^T/2,  M_b s'^1/2 h_b^1/2]     O = polar(X), nearly
 * U = O_W s'^1/2 h^T/2      u = O_b s'^1/2 h_b^1/2      r^2 = (1+beta)/(1-beta) q(U, u)
 * scale^2 = 1 + mean over units of (sum_j a_j W_kj^2)              when statistics are refreshed
 * W = W - lr scale / r U      b = b - lr scale / r (u - U mu)
 * </pre>
 *
 * <p>The polar factor is that of {@code iterations} steps of the quintic Newton-Schulz iteration,
 * by blocks: the rows of X, or its columns if they are fewer, in runs of at most {@code blockSize}.
 * Layers in groups have one matrix for each group. Embeddings step as under {@link Centred}, and so
 * do parameters without factors, but that only vectors step at {@code lrRest} of the rate: tables
 * and kernels have all of it.
 *
 * <p>So a layer's pre-activations change by {@code lr scale sqrt((1-beta)/(1+beta))} in each step,
 * however small the gradient is: <b>the learning rate has to fall towards the end</b>, as {@link
 * CosineSchedule} does. Without a schedule 0.01 to 0.02 is right; with one 0.05, the default
 * ({@link AdaFisher#spectral()}), and 0.02 to 0.1 is the range to search. DL4J's {@code
 * weightDecay} works as under {@link Centred}; 0.03 to 0.1 goes well with it. docs/algorithm.md has
 * the derivation.
 *
 * @param rho see {@link Centred}. Default 0.95
 * @param beta2 weight of the old value in the average of r^2 of embeddings and parameters without
 *     factors, in [0, 1). Default 0.99
 * @param eps see {@link Centred}. Default 0.01
 * @param dampingIn see {@link Centred}. Default 0.01
 * @param dampingOut see {@link Centred}. Default 0.316
 * @param dampingRest see {@link Centred}. Default 0.1
 * @param lrRest share of the rate at which vectors without factors step, above 0. Default 0.3
 * @param burnIn see {@link Centred}. Default 100
 * @param blockSize the most rows that are taken together, at least 1. Default 64
 * @param iterations of the polar factor, at least 1. Default 5
 * @param guardIn see {@link Centred}. Default 1e-12
 * @param guardMean see {@link Centred}. Default 1e-30
 * @param guardNorm added to r, above 0. Default 1e-16
 * @param guardTrace least square of a block's Frobenius norm by which it is divided, above 0.
 *     Default 1e-30
 * @param coordinates in which the polar factor is taken. Default {@link Coordinates#FISHER}; the
 *     others are controls
 */
public record Spectral(
    double rho,
    double beta2,
    double eps,
    double dampingIn,
    double dampingOut,
    double dampingRest,
    double lrRest,
    int burnIn,
    int blockSize,
    int iterations,
    double guardIn,
    double guardMean,
    double guardNorm,
    double guardTrace,
    Coordinates coordinates)
    implements Formulation {

  /** In which coordinates the polar factor is taken. */
  public enum Coordinates {
    /** Those in which the layer's Fisher matrix is the identity. */
    FISHER,

    /**
     * The inputs less their mean, with h = s' = 1: a control that tells what the diagonal does. Not
     * for embeddings, which have no mean to lose.
     */
    CENTRED,

    /**
     * The parameters as they are, as if all inputs were white and all gradients equal: Muon in the
     * units of this formulation, the control without curvature. No statistics are captured.
     */
    PLAIN
  }

  /** Learning rate unless set. */
  static final double DEFAULT_LEARNING_RATE = 0.05;

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public Spectral {
    new Centred( // whose ranges hold
        rho,
        beta2,
        eps,
        dampingIn,
        dampingOut,
        dampingRest,
        lrRest,
        burnIn,
        guardIn,
        guardMean,
        guardNorm);
    HyperParameters.atLeast(1, "blockSize", blockSize);
    HyperParameters.atLeast(1, "iterations", iterations);
    HyperParameters.positive("guardTrace", guardTrace);
    Objects.requireNonNull(coordinates, "AdaFisher: coordinates must be set.");
  }

  /** All defaults. */
  public Spectral() {
    this(new Centred(), 64, 5, 1e-30, Coordinates.FISHER);
  }

  private Spectral(
      Centred centred, int blockSize, int iterations, double guardTrace, Coordinates coordinates) {
    this(
        centred.rho(),
        centred.beta2(),
        centred.eps(),
        centred.dampingIn(),
        centred.dampingOut(),
        centred.dampingRest(),
        centred.lrRest(),
        centred.burnIn(),
        blockSize,
        iterations,
        centred.guardIn(),
        centred.guardMean(),
        centred.guardNorm(),
        guardTrace,
        coordinates);
  }

  /**
   * @param steps how many first steps refresh the statistics every time, at least 0
   * @return this formulation with another burn-in
   * @throws IllegalArgumentException if it is negative
   */
  public Spectral withBurnIn(int steps) {
    return new Spectral(
        constants().withBurnIn(steps), blockSize, iterations, guardTrace, coordinates);
  }

  /**
   * @param rows the most that are taken together, at least 1: more are a better polar factor and
   *     take longer
   * @return this formulation with other blocks
   * @throws IllegalArgumentException if it is not positive
   */
  public Spectral withBlockSize(int rows) {
    return new Spectral(constants(), rows, iterations, guardTrace, coordinates);
  }

  /**
   * @param count of the polar factor's iterations, at least 1
   * @return this formulation with another number of them
   * @throws IllegalArgumentException if it is not positive
   */
  public Spectral withIterations(int count) {
    return new Spectral(constants(), blockSize, count, guardTrace, coordinates);
  }

  /**
   * @param value in which coordinates the polar factor is taken
   * @return this formulation with them, for a comparison
   */
  public Spectral withCoordinates(Coordinates value) {
    return new Spectral(constants(), blockSize, iterations, guardTrace, value);
  }

  /**
   * @param constants those that both formulations have
   * @return this formulation with them
   */
  public Spectral withConstants(Centred constants) {
    return new Spectral(constants, blockSize, iterations, guardTrace, coordinates);
  }

  /** The constants of what it shares with {@link Centred}. */
  Centred constants() {
    return new Centred(
        rho,
        beta2,
        eps,
        dampingIn,
        dampingOut,
        dampingRest,
        lrRest,
        burnIn,
        guardIn,
        guardMean,
        guardNorm);
  }

  /**
   * What a step is divided by.
   *
   * @param square q of the step
   * @param beta decay of the momentum
   */
  double norm(double square, double beta) {
    // Momentum of white noise is that much smaller than the noise.
    return Math.sqrt(square * (1 + beta) / (1 - beta)) + guardNorm;
  }

  @Override
  public double defaultLearningRate() {
    return DEFAULT_LEARNING_RATE;
  }

  @Override
  public boolean usesStatistics() {
    return coordinates != Coordinates.PLAIN;
  }

  @Override
  public int defaultRefreshInterval() {
    return constants().defaultRefreshInterval();
  }

  @Override
  public boolean refreshesAt(long step, int refreshInterval) {
    return constants().refreshesAt(step, refreshInterval);
  }
}
