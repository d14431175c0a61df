/** Writes HTML that is well-formed XML. */
package org.adafisher.bench.report.html;
