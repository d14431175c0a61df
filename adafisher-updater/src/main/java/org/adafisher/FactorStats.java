package org.adafisher;

/**
 * How F, what the momentum is divided by, lies in one layer, and what its refreshes take.
 *
 * <p>Under {@link Centred} and {@link Spectral}, whose steps are normalised as a whole afterwards,
 * F is relative: {@code (a / mean(a) + dampingIn) (s / mean(s) + dampingOut)} of a weight, {@code f
 * / mean(f) + dampingRest} of other parameters. What the damping adds to its mean there is always
 * the same, so it has no share.
 *
 * @param layer its name
 * @param iteration of the network, the one that is just done
 * @param epoch of the network
 * @param parameters how many of the layer's parameters AdaFisher has
 * @param min least F
 * @param median of F; of a layer with more than 2^20 parameters, over as many evenly spaced ones
 * @param mean of F
 * @param max greatest F
 * @param dampingShare damping / mean F, in (0, 1]: at 1 the step is momentum SGD's; NaN under
 *     {@link Centred} and {@link Spectral}
 * @param droppedRefreshes how many of the layer's refreshes were left out since {@code attach},
 *     because its statistics were not finite
 * @param refreshes how many passes of the network refreshed factors of any layer since {@code
 *     attach}
 * @param refreshMillis time spent in them, of all layers: taking statistics and averaging them, on
 *     the training thread. What recurrent, attention and capsule layers copy during the backward
 *     pass is not in it. Of a GPU it is the time to hand the work over
 * @param lastRefreshMillis the same of the last one
 */
public record FactorStats(
    String layer,
    int iteration,
    int epoch,
    long parameters,
    double min,
    double median,
    double mean,
    double max,
    double dampingShare,
    long droppedRefreshes,
    long refreshes,
    double refreshMillis,
    double lastRefreshMillis) {}
