package org.adafisher.bench.text;

import java.util.OptionalInt;

/**
 * Cuts text into pieces before there is a vocabulary. A piece is a number: a byte, a code point, a
 * word's place in a list, what a byte pair encoding calls it.
 */
public interface Segmenter {

  /** The pieces of a text from beginning to end. */
  int[] split(String text);

  /** The pieces of a text that goes on: its last line is not over. */
  default int[] splitPrompt(String prompt) {
    return split(prompt);
  }

  /** The text of pieces. */
  String join(int[] pieces);

  /** The pieces that every vocabulary has, the unknown one first if there is one. */
  int[] always();

  /** What stands for a piece that is in no vocabulary; none if each can be put together. */
  OptionalInt unknown();

  /** The pieces of {@link #always} that a piece can be put together from; empty if it cannot. */
  int[] parts(int piece);

  /** How often a piece has to be in the training text to get into the vocabulary. */
  int leastCount(int[] training);
}
