package org.adafisher.bench.report.chart;

/**
 * A place on a canvas.
 *
 * @param x to the right
 * @param y down
 */
public record Point(double x, double y) {}
