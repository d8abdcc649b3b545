/** Naru's API: the versions of the model, how they are read, and the generator of the CRDs. */
package dev.naru.crds;
