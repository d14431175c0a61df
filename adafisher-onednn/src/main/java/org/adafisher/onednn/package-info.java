/** Switches Deeplearning4j's oneDNN on. */
package org.adafisher.onednn;
