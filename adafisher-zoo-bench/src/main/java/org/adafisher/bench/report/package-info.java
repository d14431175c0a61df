/** Turns measurements into a progress display, a table, a CSV file and a plot. */
package org.adafisher.bench.report;
