/** What the operator may do on the API server: declared beside the code that does it. */
package dev.naru.operator.rights;
