package org.adafisher.bench.data;

import java.io.IOException;

/** An image file that is not whole; the message is a clause without the file. */
final class DamagedImageException extends IOException {

  private static final long serialVersionUID = 1L;

  DamagedImageException(String clause) {
    super(clause);
  }
}
