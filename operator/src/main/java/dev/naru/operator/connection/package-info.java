/** Connection: one probe by the worker per change or request. */
package dev.naru.operator.connection;
