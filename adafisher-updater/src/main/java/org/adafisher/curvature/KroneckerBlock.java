package org.adafisher.curvature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    parts.values().forEach(PartState::start);
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
      if (statistics != null) {
        averaging.refresh(part.h, statistics.input(), part.part.inputScale());
        averaging.refresh(part.s, statistics.gradient(), 1);
      } else if (!keepMissing) {
        averaging.decay(part.h);
        averaging.decay(part.s);
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
    if (target == null
        || target.data() != into.data()
        || target.offset() != into.offset()
        || target.length() != into.length()) {
      spans.forEach(span -> span.aim(into));
      target = into;
    }
    if (spans.isEmpty()) {
      PartState all = parts.values().iterator().next();
      double product = all.h.sumNumber().doubleValue() * all.s.sumNumber().doubleValue();
      into.assign(scale * (product + damping));
      return;
    }
    parts.values().forEach(PartState::load);
    spans.forEach(span -> span.write(damping, scale));
  }

  /**
   * @return copies of the factors, by part name
   */
  public Map<String, KroneckerFactors> factors() {
    Map<String, KroneckerFactors> result = new LinkedHashMap<>();
    parts.forEach(
        (name, part) -> result.put(name, new KroneckerFactors(part.h.dup(), part.s.dup())));
    return result;
  }

  private static final class PartState {

    private final FactorPart part;
    private final INDArray h;
    private final INDArray s;

    /** [S, 1] in f order: the right side of the product that makes F. */
    private final INDArray right;

    private final INDArray rightFactor;

    private PartState(FactorPart part, INDArray state, long offset) {
      this.part = part;
      this.h = state.get(NDArrayIndex.interval(offset, offset + part.inputs()));
      long end = offset + part.inputs() + part.outputs();
      this.s = state.get(NDArrayIndex.interval(offset + part.inputs(), end));
      this.right = Nd4j.ones(state.dataType(), 2 * part.outputs()).reshape('f', part.outputs(), 2);
      this.rightFactor = column(right);
    }

    private void start() {
      h.assign(1);
      s.assign(1);
    }

    /** The state may have been overwritten from outside, so this happens at every step. */
    private void load() {
      rightFactor.assign(s);
    }
  }

  private static final class SpanState {

    private final ParameterSpan span;
    private final PartState part;
    private final long start;
    private final INDArray h;

    /** [H, lambda] in f order: the left side of the product that makes F. */
    private final INDArray left;

    private final INDArray leftFactor;
    private double loadedDamping = Double.NaN;
    private INDArray fisher;

    private SpanState(ParameterSpan span, PartState part, long start) {
      this.span = span;
      this.part = part;
      this.start = start;
      this.h =
          part.h.get(NDArrayIndex.interval(span.inputOffset(), span.inputOffset() + span.inputs()));
      this.left = Nd4j.createUninitialized(h.dataType(), new long[] {span.inputs(), 2}, 'f');
      this.leftFactor = column(left);
    }

    private void aim(INDArray block) {
      fisher =
          block
              .get(NDArrayIndex.interval(start, start + span.length()))
              .reshape('f', span.inputs(), span.outputs());
    }

    private void write(double damping, double scale) {
      if (damping != loadedDamping) {
        left.get(NDArrayIndex.all(), NDArrayIndex.point(1)).assign(damping);
        loadedDamping = damping;
      }
      leftFactor.assign(h);
      // One product writes F in one pass: the outer product and the damping at once.
      Nd4j.gemm(left, part.right, fisher, false, true, scale, 0);
    }
  }

  private static INDArray column(INDArray matrix) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.point(0));
  }
}
