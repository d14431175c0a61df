/** AdaFisher in the workers of Deeplearning4j's Spark training. */
package org.adafisher.spark;
