package org.adafisher.capture;

/** Told what each tapped layer shows, in the order of the backward pass and on its thread. */
@FunctionalInterface
public interface SignalObserver {

  /**
   * @param signal valid until this method returns
   */
  void onSignal(LayerSignal signal);
}
