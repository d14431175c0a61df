package org.adafisher.bench.data;

/** Knows how the files of a kind of image collection are laid out. */
@FunctionalInterface
interface ImageReader {

  /**
   * What there is.
   *
   * @throws DataException if files are missing, truncated or wrong
   */
  ImageParts read(DataDirectory directory) throws DataException;
}
