/** The optimizers and learning rate schedules, with the parameters that a configuration may set. */
package org.adafisher.bench.optimizer;
