/** How numbers and tables are written down. */
package org.adafisher.bench.report.text;
