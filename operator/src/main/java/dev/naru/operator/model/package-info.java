/**
 * ModelService: what becomes of an image that answers requests, and what to say when it does not.
 */
package dev.naru.operator.model;
