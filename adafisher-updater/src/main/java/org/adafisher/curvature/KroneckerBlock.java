package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The factors of a block of consecutive parameters, as views into the updater's state, and the
 * Fisher diagonal that they make.
 *
 * <p>State: for each part in turn H, then S.
 */
public final class KroneckerBlock {

  private final Map<String, PartState> parts = new LinkedHashMap<>();
  private final List<SpanState> spans = new ArrayList<>();

  /** Where the Fisher diagonal was last written, to make its views only once. */
  private INDArray target;

  /**
   * Not inside a workspace: the block lives as long as the updater.
   *
   * @param parts the parts that the block's parameters meet, each once
   * @param spans the block's parameters in their order; empty if one part of one input and one
   *     output stands for all of them, whatever they are
   * @param state at least {@link #stateSize} values
   */
  public KroneckerBlock(List<FactorPart> parts, List<ParameterSpan> spans, INDArray state) {
    long offset = 0;
    for (FactorPart part : parts) {
      this.parts.put(part.name(), new PartState(part, state, offset));
      offset += part.inputs() + part.outputs();
    }
    long start = 0;
    for (ParameterSpan span : spans) {
      this.spans.add(new SpanState(span, this.parts.get(span.part()), start));
      start += span.length();
    }
  }

  /**
   * @param parts the parts of a block
   * @return how many values of state they take
   */
  public static long stateSize(List<FactorPart> parts) {
    return parts.stream().mapToLong(p -> p.inputs() + p.outputs()).sum();
  }

  /** Before the first refresh every factor is 1. */
  public void start() {
    for (PartState part : parts.values()) {
      part.h.assign(1);
      part.s.assign(1);
    }
  }

  /**
   * Takes one minibatch's statistics into the factors.
   *
   * @param raw by part name
   * @param averaging how
   * @param keepMissing what happens to a part without statistics: its factors stay as they are, or
   *     decay as if there were no signal
   */
  public void refresh(Map<String, RawFactors> raw, FactorAveraging averaging, boolean keepMissing) {
    for (PartState part : parts.values()) {
      RawFactors statistics = raw.get(part.part.name());
      if (part.part.kind() == FactorPart.Kind.NONE) {
        change(part.h, averaging::decay);
        change(part.s, averaging::decay);
      } else if (statistics != null) {
        double scale = part.part.inputScale();
        change(part.h, h -> averaging.refresh(h, statistics.input(), scale));
        change(part.s, s -> averaging.refresh(s, statistics.gradient(), 1));
      } else if (!keepMissing) {
        change(part.h, averaging::decay);
        change(part.s, averaging::decay);
      }
    }
  }

  /**
   * Writes {@code scale * (H (x) S + damping)} for every parameter of the block.
   *
   * @param damping lambda
   * @param scale multiplies the whole
   * @param into 1-d, as long as the block
   */
  public void fisher(double damping, double scale, INDArray into) {
    if (spans.isEmpty()) {
      into.assign(0).addi(lone().product().addi(damping).muli(scale)); // assign would not broadcast
      return;
    }
    if (!HostVectors.areSame(target, into)) {
      spans.forEach(span -> span.aim(into));
      target = into;
    }
    into.assign(scale * damping);
    spans.forEach(span -> span.addProduct(scale));
  }

  /**
   * Writes {@code dividend / (scale * (H (x) S + damping))} for every parameter of the block.
   *
   * @param dividend 1-d, as long as the block
   * @param damping lambda
   * @param scale multiplies the whole divisor
   * @param into 1-d, as long as the block
   */
  public void divide(INDArray dividend, double damping, double scale, INDArray into) {
    if (!HostVectors.areFasterFor(dividend) || !HostVectors.areFasterFor(into)) {
      if (spans.isEmpty()) {
        dividend.divi(lone().product().addi(damping).muli(scale), into);
      } else {
        fisher(damping, scale, into);
        dividend.divi(into, into);
      }
    } else if (dividend.dataType() == DataType.FLOAT) {
      float[] values = HostVectors.readFloats(dividend);
      if (spans.isEmpty()) {
        float f = (float) (scale * (lone().number() + damping));
        for (int i = 0; i < values.length; i++) {
          values[i] /= f;
        }
      }
      spans.forEach(span -> span.divide(values, damping, scale));
      HostVectors.write(values, into);
    } else {
      double[] values = HostVectors.readDoubles(dividend);
      if (spans.isEmpty()) {
        double f = scale * (lone().number() + damping);
        for (int i = 0; i < values.length; i++) {
          values[i] /= f;
        }
      }
      spans.forEach(span -> span.divide(values, damping, scale));
      HostVectors.write(values, into);
    }
  }

  /** The one part that stands for all parameters. */
  private PartState lone() {
    return parts.values().iterator().next();
  }

  /**
   * @return copies of the factors, by part name
   */
  public Map<String, KroneckerFactors> factors() {
    Map<String, KroneckerFactors> result = new LinkedHashMap<>();
    parts.forEach(
        (name, part) -> {
          if (part.part.kind() != FactorPart.Kind.NONE) {
            result.put(name, new KroneckerFactors(part.h.dup(), part.s.dup()));
          }
        });
    return result;
  }

  /** Changes a short vector on the host: cheaper than a chain of native operations. */
  private static void change(INDArray vector, Consumer<double[]> change) {
    double[] values = HostVectors.copyOf(vector);
    change.accept(values);
    HostVectors.assign(values, vector);
  }

  private static final class PartState {

    private final FactorPart part;
    private final INDArray h;
    private final INDArray s;

    private PartState(FactorPart part, INDArray state, long offset) {
      this.part = part;
      long split = offset + part.inputs();
      this.h = state.get(NDArrayIndex.interval(offset, split));
      this.s = state.get(NDArrayIndex.interval(split, split + part.outputs()));
    }

    /** H S of one input and one unit, which on a device is not to be read: [1]. */
    private INDArray product() {
      return h.mul(s);
    }

    /** The same, read. */
    private double number() {
      return HostVectors.copyOf(h)[0] * HostVectors.copyOf(s)[0];
    }
  }

  private static final class SpanState {

    private final ParameterSpan span;
    private final long start;
    private final boolean hasFactors;
    private final long perGroup;
    private final INDArray ownH;
    private final INDArray ownS;
    private final INDArray h;
    private final INDArray s;
    private INDArray fisher;

    private SpanState(ParameterSpan span, PartState part, long start) {
      this.span = span;
      this.start = start;
      this.hasFactors = part.part.kind() != FactorPart.Kind.NONE;
      this.perGroup = span.outputs() / span.groups();
      long end = span.inputOffset() + span.groups() * span.inputs();
      this.ownH = part.h.get(NDArrayIndex.interval(span.inputOffset(), end));
      this.h = span.groups() == 1 ? ownH : ownH.reshape('c', span.groups(), 1, span.inputs());
      this.ownS = part.s;
      this.s = span.groups() == 1 ? part.s : part.s.reshape('c', span.groups(), perGroup, 1);
    }

    private void aim(INDArray block) {
      INDArray flat = block.get(NDArrayIndex.interval(start, start + span.length()));
      fisher =
          !hasFactors
              ? flat
              : span.groups() == 1
                  ? flat.reshape('f', span.inputs(), span.outputs())
                  : flat.reshape('c', span.groups(), perGroup, span.inputs());
    }

    /** Each of the parameter's values in the block by its F = H_j S_k + lambda. */
    private void divide(float[] values, double damping, double scale) {
      float[] ofInputs = HostVectors.readFloats(ownH);
      float[] ofUnits = HostVectors.readFloats(ownS);
      float[] row = new float[(int) span.inputs()];
      float[] h = new float[row.length];
      float lambda = (float) (scale * damping);
      for (int unit = 0; unit < span.outputs(); unit++) {
        if (unit % perGroup == 0) {
          int group = hasFactors ? (int) (unit / perGroup) : 0;
          System.arraycopy(ofInputs, group * row.length, h, 0, row.length);
        }
        float s = (float) (scale * ofUnits[hasFactors ? unit : 0]);
        int first = (int) start + unit * row.length;
        System.arraycopy(values, first, row, 0, row.length);
        for (int j = 0; j < row.length; j++) { // over one index of short arrays: vectorized
          row[j] /= h[j] * s + lambda;
        }
        System.arraycopy(row, 0, values, first, row.length);
      }
    }

    /** The same in double precision. */
    private void divide(double[] values, double damping, double scale) {
      double[] ofInputs = HostVectors.readDoubles(ownH);
      double[] ofUnits = HostVectors.readDoubles(ownS);
      double[] row = new double[(int) span.inputs()];
      double[] h = new double[row.length];
      double lambda = scale * damping;
      for (int unit = 0; unit < span.outputs(); unit++) {
        if (unit % perGroup == 0) {
          int group = hasFactors ? (int) (unit / perGroup) : 0;
          System.arraycopy(ofInputs, group * row.length, h, 0, row.length);
        }
        double s = scale * ofUnits[hasFactors ? unit : 0];
        int first = (int) start + unit * row.length;
        System.arraycopy(values, first, row, 0, row.length);
        for (int j = 0; j < row.length; j++) { // over one index of short arrays: vectorized
          row[j] /= h[j] * s + lambda;
        }
        System.arraycopy(row, 0, values, first, row.length);
      }
    }

    private void addProduct(double scale) {
      if (!hasFactors) {
        fisher.addi(h.mul(s).muli(scale));
      } else if (span.groups() == 1) {
        Nd4j.getBlasWrapper().level2().ger('f', scale, h, s, fisher);
      } else {
        fisher.addi(h.mul(s.mul(scale)));
      }
    }
  }
}
