package org.adafisher;

/** What becomes of the mean of a layer's inputs, which couples all weights of a unit. */
enum Centring {
  /** The bias takes it: weights meet the inputs less their mean. */
  BY_BIAS,

  /** No bias could: diag(a) + mu mu^T is inverted whole, by Sherman and Morrison's formula. */
  BY_INVERSE,

  /** Of one-hot inputs E[x x^T] is diagonal as it stands. */
  NONE
}
