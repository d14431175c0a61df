/** The networks, as Deeplearning4j configurations. */
package org.adafisher.bench.model;
