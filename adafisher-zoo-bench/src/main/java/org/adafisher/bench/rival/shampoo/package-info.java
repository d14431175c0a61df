/** Shampoo: gradients preconditioned from the left and the right by full matrices. */
package org.adafisher.bench.rival.shampoo;
