/** Watching AdaFisher while it trains, in the log, in a file and in DL4J's training UI. */
package org.adafisher.examples.monitoring;
