/** Muon: the momentum of each matrix made orthogonal. */
package org.adafisher.bench.rival.muon;
