package org.adafisher.bench.report;

import java.util.Locale;
import java.util.Map;

/** Which of the optimizers are AdaFisher and which are its control, by type, else by name. */
final class Roles {

  private static final String ADAFISHER = "adafisher";
  private static final String PLACEBO = "placebo";

  private final Map<String, String> settings;

  /**
   * @param settings by optimizer name; they begin with the type
   */
  Roles(Map<String, String> settings) {
    this.settings = settings;
  }

  boolean placebo(String optimizer) {
    return is(optimizer, PLACEBO);
  }

  boolean adaFisher(String optimizer) {
    return is(optimizer, ADAFISHER) && !placebo(optimizer);
  }

  private boolean is(String optimizer, String type) {
    String words = settings.getOrDefault(optimizer, "");
    return words.startsWith(type) || optimizer.toLowerCase(Locale.ROOT).startsWith(type);
  }
}
