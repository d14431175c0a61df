package org.adafisher.bench.data;

/** What a network has to say about an example, which decides the shape of its labels. */
public enum Task {
  /** One class an example; labels [examples, classes]. */
  CLASSIFICATION("one class an image"),
  /** One class a time step; features [examples, classes, steps], labels of the same shape. */
  SEQUENCE("one class a time step"),
  /** Yes or no at every pixel; labels [examples, 1, height, width]. */
  SEGMENTATION("yes or no a pixel"),
  /** The example itself: features from 0 to 1, [examples, pixels], and labels equal to them. */
  RECONSTRUCTION("the image itself"),
  /**
   * The next token at every place; features [examples, tokens] and labels [examples, 1, tokens] are
   * token numbers, the labels one place further on in the text.
   */
  LANGUAGE("the next token");

  private final String words;

  Task(String words) {
    this.words = words;
  }

  @Override
  public String toString() {
    return words;
  }
}
