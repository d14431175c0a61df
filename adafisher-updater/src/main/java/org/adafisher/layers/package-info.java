/**
 * Layers that DL4J lacks and that its networks take like its own; they know nothing of AdaFisher.
 */
package org.adafisher.layers;
