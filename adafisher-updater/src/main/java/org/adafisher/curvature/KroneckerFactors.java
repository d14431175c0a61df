package org.adafisher.curvature;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The averaged diagonal Kronecker factors of one group of parameters: the Fisher information of the
 * weight from input {@code j} to unit {@code k} is approximated by {@code inputFactor[j] *
 * gradientFactor[k]} (AdaFisher, eq. 6-8).
 *
 * <p>Under Centred and Spectral they are its a and s: the variance of each input with its floor, 1
 * + eps for the bias, and the mean square of each gradient.
 *
 * @param inputFactor H, 1-d. Dense: [inputs], and one more for the bias if there is one.
 *     Convolution, transposed and depthwise ones too: [channels * kernel depth * kernel height *
 *     kernel width] in this order, as far as there are such, and the bias. Embedding: [indices],
 *     and the bias. Normalization layers: [scale, shift]
 * @param gradientFactor S, 1-d: [units], or [channels]
 */
public record KroneckerFactors(INDArray inputFactor, INDArray gradientFactor) {}
