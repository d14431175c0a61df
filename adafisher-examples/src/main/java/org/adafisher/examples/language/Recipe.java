package org.adafisher.examples.language;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.adafisher.bench.data.TextForm;
import org.adafisher.bench.registry.Parameter;

/**
 * All that a trained network depends on, but for the text itself.
 *
 * @param text where the text is, in words
 * @param form how it becomes tokens
 * @param model a value for each parameter of the model
 * @param optimizer a name in {@link org.adafisher.bench.optimizer.Optimizers#REGISTRY}
 * @param optimizerValues a value for each of its parameters
 * @param batchSize windows of text a step
 * @param epochs passes over the training part, over which the schedule goes down
 * @param seed of the initial weights and the order of the windows
 */
record Recipe(
    String text,
    TextForm form,
    Map<String, Double> model,
    String optimizer,
    Map<String, Double> optimizerValues,
    int batchSize,
    int epochs,
    long seed) {

  Recipe {
    model = Map.copyOf(model);
    optimizerValues = Map.copyOf(optimizerValues);
  }

  /**
   * A value for each parameter: those that are given, else its default.
   *
   * @param what has the parameters, for error messages
   * @throws IllegalArgumentException if one is unknown, out of range, or missing without a default
   */
  static Map<String, Double> values(
      String what, List<Parameter> parameters, Map<String, Double> given) {
    Map<String, Double> left = new TreeMap<>(given);
    Map<String, Double> values = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      Double value = left.remove(parameter.name());
      if (value == null) {
        value =
            parameter
                .defaultValue()
                .orElseThrow(
                    () -> new IllegalArgumentException(what + " needs " + parameter.name()));
      }
      if (!parameter.range().contains(value)) {
        throw new IllegalArgumentException(
            "%s of %s has to be %s, not %s"
                .formatted(parameter.name(), what, parameter.range(), value));
      }
      values.put(parameter.name(), value);
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has no %s; it has: %s"
              .formatted(
                  what,
                  String.join(", ", left.keySet()),
                  String.join(", ", parameters.stream().map(Parameter::name).toList())));
    }
    return values;
  }

  /** What a checkpoint keeps, to see later whether it is of the same recipe. */
  Map<String, String> words() {
    Map<String, String> words = new LinkedHashMap<>();
    words.put("text", text);
    words.put("tokenizer", form.tokenizer());
    words.put(
        "vocabulary", form.vocabulary().isPresent() ? "" + form.vocabulary().getAsInt() : "all");
    words.put("context", String.valueOf(form.context()));
    words.put("model", new TreeMap<>(model).toString());
    words.put("optimizer", optimizer + " " + new TreeMap<>(optimizerValues));
    words.put("batch", String.valueOf(batchSize));
    words.put("epochs", String.valueOf(epochs));
    words.put("seed", String.valueOf(seed));
    return words;
  }
}
