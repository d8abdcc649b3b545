/** ZetaSQL behind {@link dev.naru.sql.SqlAnalyzer}, and the process that serves it. */
package dev.naru.sql.analyzer;
