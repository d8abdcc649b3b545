/** How operator and worker log: one event per line, the same fields in text and JSON. */
package dev.naru.logs;
