package org.adafisher;

import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;

/** A kind of layer of somebody's own, for which no factors are known. */
@SuppressWarnings("serial") // lives in a test
final class UnknownRnn extends SimpleRnn {

  UnknownRnn(int units) {
    super(new SimpleRnn.Builder().nOut(units));
  }
}
