/** Trains every arm of an experiment under equal conditions and keeps what was measured. */
package org.adafisher.bench.run;
