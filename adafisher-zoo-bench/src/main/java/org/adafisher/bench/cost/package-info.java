/** Times whole training steps under AdaFisher and its rivals. */
package org.adafisher.bench.cost;
