package org.adafisher.bench.report.html;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes elements, closes them in the right order and escapes what is between. */
public final class Html {

  private final StringBuilder out = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Begins an element.
   *
   * @param attributes name, value, name, value ...
   */
  public Html open(String tag, String... attributes) {
    startTag(tag, attributes);
    out.append('>');
    open.push(tag);
    return this;
  }

  /** Ends the innermost element. */
  public Html close() {
    out.append("</").append(open.pop()).append(">\n");
    return this;
  }

  /** Writes text. */
  public Html text(String text) {
    out.append(Markup.escape(text));
    return this;
  }

  /** Writes an element that holds text alone. */
  public Html element(String tag, String text, String... attributes) {
    startTag(tag, attributes);
    out.append('>').append(Markup.escape(text)).append("</").append(tag).append('>');
    return this;
  }

  /** Writes an element that never has content: meta, br. */
  public Html empty(String tag, String... attributes) {
    startTag(tag, attributes);
    out.append("/>");
    return this;
  }

  /** Writes what is markup already. */
  public Html markup(String wellFormed) {
    out.append(wellFormed);
    return this;
  }

  private void startTag(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ')
          .append(attributes[i])
          .append("=\"")
          .append(Markup.escape(attributes[i + 1]))
          .append('"');
    }
  }

  /**
   * The document.
   *
   * @throws IllegalStateException if an element is still open
   */
  public String document() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return "<!DOCTYPE html>\n" + out;
  }
}
