package org.adafisher.bench.registry;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * An immutable table from names to entries that keeps the order in which it was written.
 *
 * @param <T> what a name stands for
 */
public final class Registry<T> {

  private final String kind;
  private final Map<String, T> entries;

  private Registry(String kind, Map<String, T> entries) {
    this.kind = kind;
    this.entries = Collections.unmodifiableMap(entries);
  }

  /**
   * A registry of the given entries.
   *
   * @param kind what one entry is called in error messages, "optimizer type" for example
   * @throws IllegalArgumentException if two entries have the same name
   */
  @SafeVarargs
  public static <T> Registry<T> of(String kind, Map.Entry<String, ? extends T>... entries) {
    Map<String, T> table = new LinkedHashMap<>();
    for (Map.Entry<String, ? extends T> entry : entries) {
      if (table.put(entry.getKey(), entry.getValue()) != null) {
        throw new IllegalArgumentException("two entries are called '" + entry.getKey() + "'");
      }
    }
    return new Registry<>(kind, table);
  }

  /** What one entry is called in error messages. */
  public String kind() {
    return kind;
  }

  /** All names, in order. */
  public Set<String> names() {
    return entries.keySet();
  }

  /**
   * The entry of that name.
   *
   * @throws IllegalArgumentException if there is none; the message lists the names there are
   */
  public T get(String name) {
    T entry = entries.get(name);
    if (entry == null) {
      throw new IllegalArgumentException(
          "unknown " + kind + " '" + name + "'; allowed: " + String.join(", ", names()));
    }
    return entry;
  }
}
