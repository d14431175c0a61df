package org.adafisher.bench.result;

import java.util.OptionalDouble;

/**
 * A goal whose steps and seconds are counted.
 *
 * @param measure what has to be reached
 * @param value the value to reach; empty for the mean with which the reference optimizer ended
 */
public record Target(Measure measure, OptionalDouble value) {}
