package org.adafisher.bench.data;

import java.util.SplittableRandom;

/**
 * What is done to one image this time.
 *
 * @param dy the image goes up by so many pixels
 * @param dx the image goes left by so many pixels, before it is mirrored
 * @param flip whether left and right change places
 * @param top the first covered row
 * @param bottom the row after the last covered one
 * @param left the first covered column
 * @param right the column after the last covered one
 */
record Distortion(int dy, int dx, boolean flip, int top, int bottom, int left, int right) {

  /** Nothing. */
  static final Distortion NONE = new Distortion(0, 0, false, 0, 0, 0, 0);

  /** Where a pixel comes from when it is not in the image: the mean colour. */
  static final int NOWHERE = -1;

  /** Draws one. */
  static Distortion random(Augmentation how, int height, int width, SplittableRandom random) {
    int padding = how.cropPadding();
    int dy = random.nextInt(2 * padding + 1) - padding;
    int dx = random.nextInt(2 * padding + 1) - padding;
    boolean flip = how.flip() && random.nextBoolean();
    if (how.cutout() == 0) {
      return new Distortion(dy, dx, flip, 0, 0, 0, 0);
    }
    int top = random.nextInt(height) - how.cutout() / 2;
    int left = random.nextInt(width) - how.cutout() / 2;
    return new Distortion(dy, dx, flip, top, top + how.cutout(), left, left + how.cutout());
  }

  /**
   * Where in the old image (row * width + column) a pixel of the new one comes from, not minding
   * what is covered.
   */
  int source(int y, int x, int height, int width) {
    int oldY = y + dy;
    int oldX = (flip ? width - 1 - x : x) + dx;
    boolean inside = oldY >= 0 && oldY < height && oldX >= 0 && oldX < width;
    return inside ? oldY * width + oldX : NOWHERE;
  }

  /** Whether a pixel of the new image is covered. */
  boolean covers(int y, int x) {
    return y >= top && y < bottom && x >= left && x < right;
  }
}
