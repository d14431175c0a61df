/**
 * AdaFisher as a Deeplearning4j updater: the updater, the listener that feeds it, its formulations.
 */
package org.adafisher;
