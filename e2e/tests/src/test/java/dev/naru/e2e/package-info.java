/**
 * What a person sees of a running system: samples, bad days, rest. Everything is done with kubectl
 * and scripts.
 */
package dev.naru.e2e;
