/** How the relay is: health, metrics, log, absence. */
package io.jobrelay.watch;
