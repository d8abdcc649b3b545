/**
 * Rollout by steps: a new revision takes a growing share of the requests, as long as its own
 * metrics are no worse than those of the revision before it. Decisions and objects only; no client.
 */
package dev.naru.operator.model.rollout;
