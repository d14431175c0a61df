/** One runnable class per task that people have with AdaFisher. */
package org.adafisher.examples;
