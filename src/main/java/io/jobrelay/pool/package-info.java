/** Connections to the database, also where a network falls silent. */
package io.jobrelay.pool;
