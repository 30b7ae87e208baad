/** What the relay puts into a Camel context, under names of its own. */
package io.jobrelay.registry;
