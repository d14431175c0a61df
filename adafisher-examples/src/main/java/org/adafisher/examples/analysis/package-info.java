/** Pictures of what AdaFisher sees and does inside a network, with the numbers behind them. */
package org.adafisher.examples.analysis;
