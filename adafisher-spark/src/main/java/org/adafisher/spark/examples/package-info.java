/** A program for spark-submit, and the data that it makes for itself. */
package org.adafisher.spark.examples;
