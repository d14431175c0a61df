/** K-FAC: the gradient of each layer between the inverses of its two full Kronecker factors. */
package org.adafisher.bench.rival.kfac;
