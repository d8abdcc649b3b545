/** Templates of workloads: what counts for a resource, what must hold, and who uses which. */
package dev.naru.operator.template;
