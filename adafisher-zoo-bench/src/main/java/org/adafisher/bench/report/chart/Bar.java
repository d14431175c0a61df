package org.adafisher.bench.report.chart;

/**
 * One bar.
 *
 * @param label what it is for
 * @param index decides its colour
 * @param value its length; NaN for none
 * @param low where its whisker begins; NaN for none
 * @param high where its whisker ends; NaN for none
 * @param text what is written at its end
 */
public record Bar(String label, int index, double value, double low, double high, String text) {}
