package org.adafisher.bench.data;

import org.deeplearning4j.nn.conf.inputs.InputType;

/**
 * What a model has to fit.
 *
 * @param task what is asked
 * @param input the shape of one example's features: convolutional (channels, height, width), flat
 *     convolutional, feed-forward, or recurrent
 * @param classes how many classes there are; 1 for {@link Task#SEGMENTATION}, the number of pixels
 *     for {@link Task#RECONSTRUCTION}
 */
public record Shape(Task task, InputType input, int classes) {}
