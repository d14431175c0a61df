package org.adafisher;

import org.adafisher.onednn.OneDnn;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Switches oneDNN on before the first test, in the run that is for it. */
public final class OneDnnSession implements LauncherSessionListener {

  static final String PROPERTY = "adafisher.onednn";

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (Boolean.getBoolean(PROPERTY)) {
      OneDnn.enable();
    }
  }
}
