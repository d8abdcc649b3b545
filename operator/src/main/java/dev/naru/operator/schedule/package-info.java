/** Cron expressions as Kubernetes reads them. */
package dev.naru.operator.schedule;
