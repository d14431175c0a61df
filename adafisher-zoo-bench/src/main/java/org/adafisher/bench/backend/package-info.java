/** Which ND4J backend computes, chosen before ND4J chooses for itself. */
package org.adafisher.bench.backend;
