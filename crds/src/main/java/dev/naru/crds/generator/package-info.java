/** Generates the CRDs and the API reference from the model; runs in the build only. */
package dev.naru.crds.generator;
