/** Reads MySQL and MariaDB: streaming result sets of server-side prepared statements. */
package dev.naru.worker.source.mysql;
