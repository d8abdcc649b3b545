/**
 * DataMart: tables built by SQL in their order, checked, then published. {@link
 * dev.naru.operator.mart.DataMartReconciler} tells what happens in a reconcile, {@link
 * dev.naru.operator.mart.MartRunner} what happens in a run.
 */
package dev.naru.operator.mart;
