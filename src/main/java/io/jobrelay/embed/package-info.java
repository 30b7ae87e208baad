/** The relay as a part of somebody else's application. */
package io.jobrelay.embed;
