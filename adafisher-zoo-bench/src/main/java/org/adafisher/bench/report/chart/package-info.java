/** Draws charts, the same as SVG and as PNG; knows nothing of what it draws. */
package org.adafisher.bench.report.chart;
