/** The database: schema, transactions, parameters of statements, and whether a commit is safe. */
package io.jobrelay.db;
