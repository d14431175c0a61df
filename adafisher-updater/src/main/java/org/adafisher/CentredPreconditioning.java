package org.adafisher;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.adafisher.capture.Workspaces;
import org.adafisher.curvature.FactorPart;
import org.adafisher.curvature.HostVectors;
import org.adafisher.curvature.KroneckerFactors;
import org.adafisher.curvature.ParameterSpan;
import org.adafisher.curvature.RawFactors;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.WeightDecay;

/**
 * {@link Centred} and {@link Spectral}: weights that there are statistics of, together with their
 * bias if the block has both, and every other parameter by a diagonal rule. The two differ in the
 * step of weights that are no embedding's, not in their state.
 *
 * @param centred the constants that both have
 * @param spectral {@code null} if it is {@link Centred}
 */
record CentredPreconditioning(Centred centred, Spectral spectral) implements Preconditioning {

  @Override
  public long stateSize(List<FactorPart> parts, List<ParameterSpan> spans) {
    return groups(parts, spans).stream().mapToLong(Group::stateSize).sum();
  }

  @Override
  public long stateSizeWithoutFactors(long length) {
    return DiagonalRule.stateSize(length);
  }

  @Override
  public Preconditioner bind(
      List<FactorPart> parts, List<ParameterSpan> spans, UpdaterBlock block, INDArray state) {
    List<UpdaterBlock.ParamState> parameters = block.getLayersAndVariablesInBlock();
    List<CentredPiece> pieces = new ArrayList<>();
    long offset = 0;
    if (spans.isEmpty()) {
      for (UpdaterBlock.ParamState parameter : parameters) {
        long length = parameter.getParamOffsetEnd() - parameter.getParamOffsetStart();
        long size = DiagonalRule.stateSize(length);
        pieces.add(
            new DiagonalRule(
                centred,
                parameter.getParamOffsetStart() - block.getParamOffsetStart(),
                length,
                share(parameter),
                state.get(NDArrayIndex.interval(offset, offset + size))));
        offset += size;
      }
    }
    for (Group group : groups(parts, spans)) {
      INDArray own = state.get(NDArrayIndex.interval(offset, offset + group.stateSize()));
      pieces.add(piece(group, parameters, own));
      offset += group.stateSize();
    }
    return new Bound(List.copyOf(pieces));
  }

  private CentredPiece piece(
      Group group, List<UpdaterBlock.ParamState> parameters, INDArray state) {
    UpdaterBlock.ParamState parameter =
        parameters.stream()
            .filter(one -> one.getParamName().equals(group.span.parameter()))
            .findFirst()
            .orElseThrow();
    if (group.centring == null) {
      return new DiagonalRule(centred, group.start, group.span.length(), share(parameter), state);
    }
    Supplier<INDArray> weights = () -> weights(group, parameter);
    CentredBias bias =
        group.bias == null
            ? null
            : new CentredBias(
                new ParameterView(group.biasStart, group.bias),
                new ParameterView(group.biasStart, group.bias),
                weights,
                step -> decay(parameter, step));
    if (spectral != null && group.centring != Centring.NONE) {
      return new SpectralWeights(spectral, group.span, group.start, bias, weights, state);
    }
    return group.span.groups() > 1
        ? new CentredGroups(centred, group.span, group.start, bias, state)
        : new CentredWeights(centred, group.centring, group.span, group.start, bias, state);
  }

  /** Of the rate, for a parameter under the diagonal rule. */
  private double share(UpdaterBlock.ParamState parameter) {
    long[] shape = parameter.getLayer().paramTable(false).get(parameter.getParamName()).shape();
    boolean isVector = Arrays.stream(shape).filter(size -> size > 1).count() <= 1;
    return spectral == null || isVector ? centred.lrRest() : 1;
  }

  /** By unit and input, 1-d: the whole parameter or its run of values. */
  private static INDArray weights(Group group, UpdaterBlock.ParamState parameter) {
    // Not the block's own view, which is of something else where DL4J lists the parameters in
    // another order than it lays them out in.
    INDArray view = parameter.getLayer().paramTable(false).get(parameter.getParamName());
    INDArray flat = view.reshape(view.ordering(), new long[] {view.length()});
    long from = group.startInParameter;
    return group
        .span
        .arrangement()
        .byUnit(flat.get(NDArrayIndex.interval(from, from + group.span.length())));
  }

  /** What DL4J will subtract of the weights once the updater is through, as a share of them. */
  private static double decay(UpdaterBlock.ParamState weights, Step step) {
    List<Regularization> all =
        weights.getLayer().getConfig().getRegularizationByParam(weights.getParamName());
    double sum = 0;
    if (all != null) {
      for (Regularization one : all) {
        if (one instanceof WeightDecay decay) {
          double share = decay.getCoeff().valueAt(step.iteration(), step.epoch());
          sum += decay.isApplyLR() ? share * step.learningRate() : share;
        }
      }
    }
    return sum;
  }

  /**
   * Parameters that are preconditioned together.
   *
   * @param centring {@code null} for a parameter under the diagonal rule
   * @param span weights, or that parameter
   * @param start its offset in the block
   * @param startInParameter its offset in the parameter that it may be a part of
   * @param bias the bias of these weights, {@code null} if none is in the block
   * @param biasStart its offset in the block
   */
  private record Group(
      Centring centring,
      ParameterSpan span,
      long start,
      long startInParameter,
      ParameterSpan bias,
      long biasStart) {

    long stateSize() {
      if (centring == null) {
        return DiagonalRule.stateSize(span.length());
      }
      return span.groups() > 1
          ? CentredGroups.stateSize(span)
          : CentredWeights.stateSize(centring, span);
    }
  }

  private static List<Group> groups(List<FactorPart> parts, List<ParameterSpan> spans) {
    Map<ParameterSpan, Long> starts = new LinkedHashMap<>();
    Map<String, Long> parameterStarts = new LinkedHashMap<>();
    long start = 0;
    for (ParameterSpan span : spans) {
      starts.put(span, start);
      parameterStarts.putIfAbsent(span.parameter(), start);
      start += span.length();
    }
    List<Group> groups = new ArrayList<>();
    for (ParameterSpan span : spans) {
      long inParameter = starts.get(span) - parameterStarts.get(span.parameter());
      FactorPart.Kind kind =
          parts.stream()
              .filter(part -> part.name().equals(span.part()))
              .map(FactorPart::kind)
              .findFirst()
              .orElseThrow();
      // The other half of a linear part, if the same updater has it.
      Optional<ParameterSpan> partner =
          spans.stream()
              .filter(
                  other ->
                      kind == FactorPart.Kind.LINEAR
                          && other.part().equals(span.part())
                          && other.isWeight() != span.isWeight())
              .findFirst();
      if (kind == FactorPart.Kind.NORMALIZATION
          || kind == FactorPart.Kind.NONE
          || (!span.isWeight() && partner.isEmpty())) {
        groups.add(new Group(null, span, starts.get(span), inParameter, null, 0));
      } else if (span.isWeight()) {
        groups.add(
            new Group(
                kind == FactorPart.Kind.ONE_HOT
                    ? Centring.NONE
                    : partner.isPresent() ? Centring.BY_BIAS : Centring.BY_INVERSE,
                span,
                starts.get(span),
                inParameter,
                partner.orElse(null),
                partner.map(starts::get).orElse(0L)));
      }
    }
    return groups;
  }

  private record Bound(List<CentredPiece> pieces) implements Preconditioner {

    @Override
    public void start() {
      // All of its averages start at 0, as the state does.
    }

    @Override
    public boolean hasFactors() {
      return pieces.stream().anyMatch(CentredPiece::hasFactors);
    }

    @Override
    public void refresh(Map<String, RawFactors> statistics, boolean keepMissing) {
      pieces.forEach(piece -> piece.refresh(statistics));
    }

    @Override
    public void apply(Step step) {
      if (HostVectors.areFasterFor(step.momentum()) && HostVectors.areFasterFor(step.gradient())) {
        double[] momentum = HostVectors.readDoubles(step.momentum());
        double[] gradient = HostVectors.readDoubles(step.gradient());
        pieces.forEach(piece -> piece.apply(step, momentum, gradient));
        HostVectors.write(gradient, step.gradient());
      } else {
        Workspaces.outside(() -> applyOutside(step));
      }
    }

    private void applyOutside(Step step) {
      List<List<INDArray>> unread = pieces.stream().map(piece -> piece.direct(step)).toList();
      List<INDArray> all = unread.stream().flatMap(List::stream).toList();
      double[] numbers = all.isEmpty() ? new double[0] : DeviceState.read(all);
      int start = 0;
      for (int i = 0; i < pieces.size(); i++) {
        int end = start + unread.get(i).size();
        pieces.get(i).scale(step, Arrays.copyOfRange(numbers, start, end));
        start = end;
      }
    }

    @Override
    public void fisher(INDArray into) {
      pieces.forEach(piece -> piece.fisher(into));
    }

    @Override
    public double damping() {
      return Double.NaN;
    }

    @Override
    public Map<String, KroneckerFactors> factors() {
      Map<String, KroneckerFactors> result = new LinkedHashMap<>();
      pieces.forEach(piece -> result.putAll(piece.factors()));
      return result;
    }
  }
}
