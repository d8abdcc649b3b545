/** The control plane. */
package dev.naru.operator;
