package org.adafisher.bench.backend;

import java.util.Optional;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Chooses the natives before the first test, as the command line does before the first network:
 * else the order of the tests would decide what runs on oneDNN.
 */
public final class NativesSession implements LauncherSessionListener {

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    try {
      BackendSelector.select(Backend.CPU, Optional.empty());
    } catch (BackendException e) {
      throw new IllegalStateException(e);
    }
  }
}
