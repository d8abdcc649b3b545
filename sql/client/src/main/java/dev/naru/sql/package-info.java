/**
 * What can be known of a GoogleSQL statement before anything is billed: which tables it reads, the
 * columns it gives, where they come from, or what is wrong with it and where.
 */
package dev.naru.sql;
