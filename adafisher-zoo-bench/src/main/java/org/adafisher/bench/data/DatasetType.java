package org.adafisher.bench.data;

import org.adafisher.bench.registry.Described;

/** A data set that a configuration can name. */
public interface DatasetType extends Described {

  /** Whether the user has to have the files, and {@link DataRequest#directory} is required. */
  boolean needsDirectory();

  /** Whether the examples are images, which can be resized and augmented. */
  boolean images();

  /** What is asked about its examples. */
  Task task();

  /**
   * Loads it.
   *
   * @throws DataException if files are missing, truncated or wrong, or the request asks for more
   *     than there is
   */
  Dataset load(DataRequest request) throws DataException;
}
