package org.adafisher.bench.registry;

/** Something that the command line can list. */
public interface Described {

  /** One line for people who choose, without a full stop: "what it is, what is special". */
  String description();
}
