/** A profile as it was written, held against its schema, the rules between its members, and its own examples. */
package io.jobrelay.check;
