package org.adafisher.bench.optimizer;

import static java.util.Map.entry;

import org.adafisher.CosineSchedule;
import org.adafisher.bench.registry.Registry;
import org.nd4j.linalg.schedule.FixedSchedule;

/** The learning rate schedules that a configuration can name. */
public final class Schedules {

  /** By name. */
  public static final Registry<LearningRateSchedule> REGISTRY =
      Registry.of(
          "schedule",
          entry("cosine", CosineSchedule::new),
          entry("constant", (initialRate, totalSteps) -> new FixedSchedule(initialRate)));

  private Schedules() {}
}
