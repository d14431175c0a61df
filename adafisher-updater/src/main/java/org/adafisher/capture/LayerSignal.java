package org.adafisher.capture;

import org.deeplearning4j.nn.api.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a layer with pre-activation {@code z} shows in one backward pass. The arrays live in DL4J's
 * open workspace: reduce them, or copy them out of it, before the observer returns.
 *
 * @param layer the layer
 * @param input its input {@code h} as the weights meet it: after dropout; for a time-series output
 *     layer already flattened to [rows, features]
 * @param gradient dL/dz of the loss summed over the minibatch, as DL4J has it: [rows, units], or
 *     [batch, channels, height, width] for a convolution, whatever its data format
 * @param mask 1 where a row counts, 0 where it is padding: a column [rows, 1], or [rows, units]
 *     where single outputs are masked; {@code null} if all count
 */
public record LayerSignal(Layer layer, INDArray input, INDArray gradient, INDArray mask) {}
