package org.adafisher.bench.rival.shampoo;

/**
 * Whose step's norm each parameter's step gets, while its direction is Shampoo's.
 *
 * @see <a href="https://arxiv.org/abs/2002.11803">Agarwal, Anil, Hazan, Koren, Zhang: Disentangling
 *     Adaptive Gradient Methods from Learning Rates</a>
 */
public enum Grafting {
  /** Nobody's: the step is the preconditioned gradient. */
  NONE,
  /** That of the gradient, so that learning rates are those of gradient descent with momentum. */
  SGD,
  /** That of AdaGrad's step, at the price of one more array as long as the parameters. */
  ADAGRAD
}
