/** The data sets, each split into a training, a validation and a test part once and for all. */
package org.adafisher.bench.data;
