/** What the second-order optimizers beside AdaFisher share: updaters that know their layer. */
package org.adafisher.bench.rival;
