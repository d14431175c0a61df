/** One class of a name that Deeplearning4j 1.0.0-M2.1 looks up; nothing to use. */
package org.nd4j.nativeblas;
