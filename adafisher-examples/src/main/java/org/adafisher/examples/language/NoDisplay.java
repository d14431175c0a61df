package org.adafisher.examples.language;

import me.tongfei.progressbar.ProgressBarConsumer;

/** Where a progress bar goes that nobody sees. */
final class NoDisplay implements ProgressBarConsumer {

  private static final int ANY_WIDTH = 80;

  @Override
  public int getMaxRenderedLength() {
    return ANY_WIDTH;
  }

  @Override
  public void accept(String bar) {}

  @Override
  public void close() {}
}
