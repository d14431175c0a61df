/** Turns measurements into a web page with plots, CSV files and a table for the console. */
package org.adafisher.bench.report;
