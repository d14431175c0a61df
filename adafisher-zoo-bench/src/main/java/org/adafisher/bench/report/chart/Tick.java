package org.adafisher.bench.report.chart;

/**
 * A mark on an axis.
 *
 * @param value where
 * @param label what is written there
 */
public record Tick(double value, String label) {}
