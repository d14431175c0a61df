package org.adafisher.bench.data;

/**
 * What is done to a training image each time it is seen, in this order.
 *
 * @param cropPadding pad with the mean colour by so many pixels on every side, then cut a window of
 *     the old size at a random place; 0: not
 * @param flip mirror left and right every second time, at random
 * @param cutout cover a square of so many pixels, centred at a random pixel and clipped at the
 *     border, with the mean colour (DeVries and Taylor, 2017); 0: not
 */
public record Augmentation(int cropPadding, boolean flip, int cutout) {

  /** Images as they are. */
  public static final Augmentation NONE = new Augmentation(0, false, 0);
}
