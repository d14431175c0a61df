package org.adafisher.bench.report.text;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Orders names as people do: "layer2" before "layer10". */
public final class NaturalOrder {

  /** The order. */
  public static final Comparator<String> COMPARATOR =
      Comparator.comparing(NaturalOrder::padded).thenComparing(Comparator.naturalOrder());

  private static final Pattern NUMBER = Pattern.compile("\\d+");
  private static final int DIGITS = 12;

  private NaturalOrder() {}

  private static String padded(String name) {
    return NUMBER
        .matcher(name)
        .replaceAll(
            number ->
                Matcher.quoteReplacement("0".repeat(missing(number.group())) + number.group()));
  }

  private static int missing(String number) {
    return Math.max(0, DIGITS - number.length());
  }
}
