/** The parts of a transformer that Deeplearning4j lacks, as vertices of its graphs. */
package org.adafisher.bench.model.transformer;
