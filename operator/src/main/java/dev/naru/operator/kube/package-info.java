/** What every reconciler does with the API server: name, own, apply, compare, remove. */
package dev.naru.operator.kube;
