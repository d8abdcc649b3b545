/** The status contract: outcomes, conditions, events. Pure but for the recorder of events. */
package dev.naru.operator.status;
