/** AdaHessian: Adam with the Hessian's diagonal in place of the squared gradient. */
package org.adafisher.bench.rival.adahessian;
