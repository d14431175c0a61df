/** Statistics over the seeds, as pure functions of runs. */
package org.adafisher.bench.report.stats;
