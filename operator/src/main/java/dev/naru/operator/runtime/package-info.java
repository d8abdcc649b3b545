/** The process around the reconcilers: configuration, rights, leader election, health, metrics. */
package dev.naru.operator.runtime;
