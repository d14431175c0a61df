/**
 * The Fisher factors of a layer: what each layer kind's raw statistics are, how they are averaged,
 * and how they divide a momentum.
 */
package org.adafisher.curvature;
