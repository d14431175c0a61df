package org.adafisher;

/**
 * This project's own formulation: the mean of a layer's inputs is treated exactly, and each layer's
 * step is normalised. For a layer z = W x + b with gradients g = dL/dz, and momentum M:
 *
 * <pre>
 * mu = E[x]      a = E[x^2] - mu^2 + eps E[x^2]      s = E[g^2]         (running averages)
 * h = 1 / (a / mean(a) + dampingIn)                  s' = 1 / (s / mean(s) + dampingOut)
 * U = (M_W - M_b mu^T) s' h^T                        u = M_b s' h_b
 * q = mean over units of (sum_j a_j U_kj^2 + a_b u_k^2)        the mean square change of z
 * W = W - lr / r U      b = b - lr / r (u - U mu)    r^2 = running average of (1+beta)/(1-beta) q
 * </pre>
 *
 * <p>The diagonal H of {@link Released} cannot represent the mean, which couples every weight of a
 * unit with its bias; in centred coordinates the Fisher block really is nearly diagonal. Without a
 * bias the mean term is inverted by Sherman and Morrison's formula; an embedding's inputs need no
 * centring. Other parameters (scale and shift of normalizations, layers without factors, a bias
 * whose weights have another updater) each have a diagonal of their own, {@code E[gradient^2]}, and
 * step at {@code lrRest} of the rate.
 *
 * <p>So the learning rate is the RMS change of a layer's pre-activations per step, 0.05 by default
 * ({@link AdaFisher#centred()}), whatever the scale of loss and inputs; a step never exceeds 2.4
 * times it. DL4J's {@code weightDecay} (recommended: 0.03) shrinks W; b is then shifted so that the
 * layer's mean output stays.
 *
 * <p>It is far better than Adam on deep saturating networks without normalization, better or equal
 * on small transformers, equal on LeNet and networks with batch normalization (where well tuned
 * momentum SGD may be ahead), and behind on inputs whose scale makes the first pre-activations
 * large: its rate is then too small for them. docs/results has the numbers.
 *
 * @param rho weight of the old value in the averages of mu, x^2 and s, by refresh, in [0, 1).
 *     Default 0.95
 * @param beta2 weight of the old value in the average of r^2, by step, in [0, 1). Default 0.99
 * @param eps share of E[x^2] below which a variance does not count as smaller, at least 0. Default
 *     0.01
 * @param dampingIn added to the relative variances of the inputs, above 0. Default 0.01
 * @param dampingOut added to the relative squares of the gradients, above 0. Default 0.316
 * @param dampingRest added to the relative squares of other parameters' gradients, above 0. Default
 *     0.1
 * @param lrRest share of the rate at which other parameters step, above 0. Default 0.3
 * @param burnIn the first steps, of which every one refreshes the statistics, at least 0. Default
 *     100; after that they are refreshed every {@code refreshInterval} steps, 10 by default
 * @param guardIn added to the mean of a, above 0. Default 1e-12
 * @param guardMean added to the mean of s and of E[gradient^2], above 0. Default 1e-30
 * @param guardNorm added to r, above 0. Default 1e-16
 */
public record Centred(
    double rho,
    double beta2,
    double eps,
    double dampingIn,
    double dampingOut,
    double dampingRest,
    double lrRest,
    int burnIn,
    double guardIn,
    double guardMean,
    double guardNorm)
    implements Formulation {

  /** Learning rate unless set: the RMS change of a layer's pre-activations per step. */
  static final double DEFAULT_LEARNING_RATE = 0.05;

  /**
   * @throws IllegalArgumentException if a value is out of range
   */
  public Centred {
    HyperParameters.fraction("rho", rho);
    HyperParameters.fraction("beta2", beta2);
    HyperParameters.notNegative("eps", eps);
    HyperParameters.positive("dampingIn", dampingIn);
    HyperParameters.positive("dampingOut", dampingOut);
    HyperParameters.positive("dampingRest", dampingRest);
    HyperParameters.positive("lrRest", lrRest);
    HyperParameters.atLeast(0, "burnIn", burnIn);
    HyperParameters.positive("guardIn", guardIn);
    HyperParameters.positive("guardMean", guardMean);
    HyperParameters.positive("guardNorm", guardNorm);
  }

  /** All defaults. */
  public Centred() {
    this(0.95, 0.99, 0.01, 0.01, 0.316, 0.1, 0.3, 100, 1e-12, 1e-30, 1e-16);
  }

  /**
   * @param steps how many first steps refresh the statistics every time, at least 0
   * @return this formulation with another burn-in
   * @throws IllegalArgumentException if it is negative
   */
  public Centred withBurnIn(int steps) {
    return new Centred(
        rho,
        beta2,
        eps,
        dampingIn,
        dampingOut,
        dampingRest,
        lrRest,
        steps,
        guardIn,
        guardMean,
        guardNorm);
  }

  @Override
  public double defaultLearningRate() {
    return DEFAULT_LEARNING_RATE;
  }

  @Override
  public int defaultRefreshInterval() {
    return 10;
  }

  @Override
  public boolean refreshesAt(long step, int refreshInterval) {
    return step < burnIn || step % refreshInterval == 0;
  }
}
